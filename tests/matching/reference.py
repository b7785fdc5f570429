"""The rules and scores of the engine said once more, pair by pair in plain Python, slowly and without its arrays.

Texts are left out: `goals` needs the vectors of `engine.text`.
"""

from __future__ import annotations

from math import floor

from mentoring.matching.engine import CRITERIA, Cohort, Fusion, Rules, Weights

CURVE = [0, 6_000, 10_000, 9_000, 7_000, 6_000]
WISH = [0, 10_000, 8_500, 7_000, 5_500, 4_000]


def shares(amounts: list[int], whole: int) -> list[int]:
    """Largest remainders; at ties the earlier."""
    total = sum(amounts)
    if not total:
        return [0] * len(amounts)
    parts = [amount * whole // total for amount in amounts]
    order = sorted(range(len(amounts)), key=lambda k: (-(amounts[k] * whole % total), k))
    for k in order[: whole - sum(parts)]:
        parts[k] += 1
    return parts


class Pair:
    """One mentee and one mentor of a cohort, by row."""

    def __init__(self, cohort: Cohort, row: int, column: int) -> None:
        self.cohort, self.row, self.column = cohort, row, column
        self.keys = (int(cohort.mentees.keys[row]), int(cohort.mentors.keys[column]))

    def of(self, name: str):
        """What both said."""
        mine, theirs = getattr(self.cohort.mentees, name)[self.row], getattr(self.cohort.mentors, name)[self.column]
        return (mine.tolist(), theirs.tolist())

    def slots(self) -> int | None:
        mine, theirs = self.of("week")
        if not any(mine) or not any(theirs):
            return None
        return sum((a & b).bit_count() for a, b in zip(mine, theirs, strict=True))

    def languages(self, level: int) -> tuple[set[int], set[int]]:
        spoken = []
        for side, row in ((self.cohort.mentees, self.row), (self.cohort.mentors, self.column)):
            known = {bit for bit in range(64) if int(side.languages[row]) >> bit & 1}
            told = side.fluency[row].tolist()
            spoken.append({bit for bit in known if bit >= len(told) or not 0 < told[bit] < level})
        return spoken[0], spoken[1]

    def broken(self, rules: Rules) -> set[str]:
        """Codes of all rules that this pair breaks, hard or soft."""
        found = set()
        both_open, places = self.of("open"), int(self.cohort.mentors.places[self.column])
        if not all(both_open) or not places:
            found.add("place")
        if any(self.of("flagged")):
            found.add("safeguarding")
        if rules.cleared and not self.of("cleared")[1]:
            found.add("cleared")
        mine, theirs = self.of("programme")
        if rules.same_programme and -1 not in (mine, theirs) and mine != theirs:
            found.add("programme")
        mine, theirs = self.of("institution")
        if (
            -1 not in (mine, theirs)
            and rules.institution != "any"
            and (mine == theirs) != (rules.institution == "same")
        ):
            found.add("institution")
        mine, theirs = self.of("unit")
        if rules.unit and -1 not in (mine, theirs) and mine == theirs:
            found.add("unit")
        if rules.gender:
            wanted = int(self.cohort.mentees.wants_gender[self.row])
            if wanted != -1 and wanted != int(self.cohort.mentors.gender[self.column]):
                found.add("gender")
        found |= {
            code for code in ("language", "overlap", "seniority") if getattr(rules, code) and self._answer(code, rules)
        }
        needed = [int(c) for e, c in self.cohort.must_have.tolist() if e == self.keys[0]]
        offers = [self.of("skills")[1][concept] > 0 for concept in needed]
        if needed and rules.must_have != "off" and not (all if rules.must_have == "all" else any)(offers):
            found.add("must_have")
        for code in ("blocked", "never", "conflict", "previous"):
            on = code == "blocked" or getattr(rules, code)
            if on and list(self.keys) in self.cohort.forbidden.get(code, self.cohort.locked[:0]).tolist():
                found.add(code)
        return found

    def _answer(self, code: str, rules: Rules) -> bool:
        """Whether a rule about answers is broken; a missing one breaks it only where answers are needed."""
        if code == "language":
            if not all(self.of("languages")):
                return rules.answers_needed
            mine, theirs = self.languages(rules.language_level)
            return not mine & theirs
        if code == "overlap":
            slots = self.slots()
            return rules.answers_needed if slots is None else slots * 30 < rules.overlap_minutes
        mine, theirs = self.of("seniority")
        if -1 in (mine, theirs):
            return rules.answers_needed
        most = rules.seniority_most
        return theirs - mine < rules.seniority_gap or (most is not None and theirs - mine > most)

    def values(self, *, near: bool = False) -> dict[str, int]:
        """Every measure but goals, 0..10,000; "wished" are the mentors' wishes, `near` only those within a programme."""
        found = dict.fromkeys(CRITERIA, 5_000) | {"wished": 5_000}
        wanted, offered = self.of("skills")
        if any(wanted) and any(offered):
            found["skills"] = sum(a * b for a, b in zip(shares(wanted, 2_000), offered, strict=True))
        found["needs"] = self._needs(wanted)
        found |= {"field": self._field(), "experience": self._experience(), "contact": self._contact()}
        if (slots := self.slots()) is not None:
            found["time"] = min(slots, 8) * 1_250
        for name, rows, owner in (("wishes", self.cohort.mentee_wishes, 0), ("wished", self.cohort.mentor_wishes, 1)):
            people = (self.cohort.mentees, self.cohort.mentors)
            known = [r for r in rows.tolist() if r[0] in people[0].keys and r[1] in people[1].keys]
            if near:
                homes = [dict(zip(side.keys.tolist(), side.programme.tolist(), strict=True)) for side in people]
                both = [(homes[0][r[0]], homes[1][r[1]]) for r in known]
                known = [r for r, (a, b) in zip(known, both, strict=True) if a == b or -1 in (a, b)]
            if any(r[owner] == self.keys[owner] for r in known):
                found[name] = sum(WISH[r[2]] for r in known if tuple(r[:2]) == self.keys)
        found["likeness"] = self._likeness()
        mine, theirs = self.of("interests")
        if any(mine) and any(theirs):
            found["interests"] = sum(
                a for a, b in zip(shares([int(x > 0) for x in mine], 10_000), theirs, strict=True) if b
            )
        if (told := self.of("feedback")[1]) != -1:
            found["feedback"] = told
        found["waiting"] = min(self.of("waited")[0], 90) * 10_000 // 90
        return found

    def _needs(self, wanted: list[int]) -> int:
        kinds = self.cohort.concept_category.tolist()
        asked, strengths = self.of("kinds")
        if not strengths:
            offered = self.of("skills")[1]
            strengths = [
                max([o for o, k in zip(offered, kinds, strict=True) if k == kind] or [0])
                for kind in range(max(kinds) + 1)
            ]
        if not any(strengths) or not any(asked or wanted):
            return 5_000
        if asked:
            return sum(a * b for a, b in zip(shares(asked, 2_000), strengths, strict=True))
        return sum(a * strengths[kinds[concept]] for concept, a in enumerate(shares(wanted, 2_000)))

    def _field(self) -> int:
        parent = self.cohort.field_parent.tolist()
        mine, theirs = self.of("field")
        if -1 in (mine, theirs) or not parent:
            return 5_000
        lines = []
        for leaf in (mine, theirs):
            line = [leaf]
            while parent[line[0]] != -1:
                line.insert(0, parent[line[0]])
            lines.append(line)
        shared = sum(a == b for a, b in zip(*lines, strict=False))
        return 2 * shared * 10_000 // (len(lines[0]) + len(lines[1]))

    def _experience(self) -> int:
        mine, theirs = self.of("seniority")
        return 5_000 if -1 in (mine, theirs) else CURVE[max(0, min(theirs - mine, 5))]

    def _contact(self) -> int:
        (mine, theirs), (pace, other) = self.of("channels"), self.of("pace")
        reach = 5_000 if not mine or not theirs else 10_000 if mine & theirs else 0
        speed = 5_000 if -1 in (pace, other) else 10_000 - 3_000 * abs(pace - other)
        return (reach + speed) // 2

    def _likeness(self) -> int:
        mine, theirs = self.of("profile")
        if not mine:
            return 5_000
        unit = 10_000 // (16 * len(mine))
        return 5_000 + unit * sum(8 - (a - b) ** 2 for a, b in zip(mine, theirs, strict=True) if 255 not in (a, b))

    def score(self, rules: Rules, weights: Weights, fusion: Fusion) -> int:
        """0..10,000, after what soft rules take away."""
        values = self.values(near=rules.same_programme)
        own, other = weights.values(), (fusion.mentors or weights).values()
        fit = 0
        if fusion.kind == "mean":
            part, wishes = fusion.mentee_share, CRITERIA.index("wishes")
            both = [part * a + (100 - part) * b for a, b in zip(own, other, strict=True)]
            both[wishes] = part * own[wishes]
            thousandths = shares([*both, (100 - part) * other[wishes]], 1_000)
            fit = (
                sum(w * values[name] for w, name in zip(thousandths, (*CRITERIA, "wished"), strict=True)) + 500
            ) // 1_000
        else:
            u = floor((sum(w * values[c] for w, c in zip(own, CRITERIA, strict=True)) + 50) / 100)
            theirs = {**values, "wishes": values["wished"]}
            v = floor((sum(w * theirs[c] for w, c in zip(other, CRITERIA, strict=True)) + 50) / 100)
            fit = {"min": min(u, v), "product": u * v // 10_000, "harmonic": 2 * u * v // max(u + v, 1)}[fusion.kind]
        return max(0, fit - sum(points for code, points in rules.soft.items() if code in self.broken(rules)))
