import hashlib
import json
from datetime import timedelta

import numpy as np
import pytest
from django.db import DatabaseError, transaction

from accounts.models import AuditEvent, Consent, User
from accounts.services import broken_link, make_api_key
from core.jobs import run_due
from core.models import Job
from evaluation.facts import Facts
from evaluation.models import Answer, Response, Study, StudyAmendment, StudyResult, Wave
from evaluation.perception import perception
from evaluation.plan import FORMS
from evaluation.questionnaire import form_items, items
from evaluation.services import amend, ask_for_results, lock_plan, make_study, write_plan
from evaluation.services.studies import PlanIsEmpty, PlanIsLocked, PlanIsNotLocked
from evaluation.statistics.effects import independent_g, paired_g
from evaluation.statistics.paths import mediation
from evaluation.studies.chains import in_standard_deviations
from evaluation.studies.data import StudyData
from evaluation.studies.plans import NO_CONTACT
from mentoring.planning.models import Enrolment
from mentoring.relationships.models import Agreement, Relationship, RelationshipMember, Session
from paradigm.model import components
from tests.evaluation.own import own_instrument
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
MATCHED = NOW - timedelta(days=120)
OPENS = {"w0": -7, "w1": 28, "w2": 50, "w3": 85}
OUTCOME, OTHER = "skills.techliteracy", "skills.virtuallearning"


def people(programme, count, *, role, language="en"):
    """So many people who agreed to research, with their enrolments, in a few statements."""
    start = User.objects.count()
    made = User.objects.bulk_create(
        User(email=f"s{start + n}@example.org", name=f"Study Person{start + n}", language=language)
        for n in range(count)
    )
    Consent.objects.bulk_create(
        Consent(person=each, kind="research", version=Consent.CURRENT["research"], given_at=NOW) for each in made
    )
    return Enrolment.objects.bulk_create(
        Enrolment(programme=programme, person=each, role=role, status="ready", status_at=NOW) for each in made
    )


def paired(programme, mentors, mentees):
    made = Relationship.objects.bulk_create(
        Relationship(programme=programme, status="active", status_at=MATCHED, started_at=MATCHED, pair_key=str(n),
                     first_contact_at=MATCHED, planned_end_on=programme.ends_on)
        for n, _ in enumerate(mentees)
    )  # fmt: skip
    RelationshipMember.objects.bulk_create(
        RelationshipMember(
            relationship=pair, enrolment=each, person_id=each.person_id, role=each.role, joined_at=MATCHED
        )
        for pair, *both in zip(made, mentors, mentees, strict=True)
        for each in both
    )
    return made


def wave(programme, moment):
    opens = MATCHED + timedelta(days=OPENS[moment])
    return Wave.objects.create(programme=programme, form=FORMS[moment], moment=moment, number=int(moment[1]) + 1,
                               opens_at=opens, closes_at=opens + timedelta(days=10))  # fmt: skip


def say(of_wave, enrolments, values, pairs=None, noise=lambda: 0):
    """`values`: for each enrolment what it feels, 1 to 5; reversed statements are turned."""

    def told(value, item):
        felt = min(5, value + noise())
        return 6 - felt if item.reverse else felt

    at = of_wave.opens_at + timedelta(days=1)
    rows = Response.objects.bulk_create(
        Response(wave=of_wave, enrolment=each, relationship=pairs[n] if pairs else None, started_at=at, submitted_at=at)
        for n, each in enumerate(enrolments)
    )
    Answer.objects.bulk_create(
        Answer(response=row, item=item.code, value=told(value, item))
        for row, value in zip(rows, values, strict=True)
        for item in form_items(of_wave.form)
    )


def locked(programme, coordinator, kind="pre_post", **given):
    study = make_study(programme, kind=kind, title="Skills", by=coordinator, at=NOW)
    plan = {"hypotheses": ["They rise"], "who": "mentee", "exclusions": [], "before": "w0", "after": "w3",
            "primary": [OUTCOME], "secondary": [OTHER]}  # fmt: skip
    write_plan(study, {name: each for name, each in (plan | given).items() if each != ""}, by=coordinator, at=NOW)
    lock_plan(study, by=coordinator, at=NOW)
    return Study.objects.get(pk=study.pk)


def results(study, by):
    result = ask_for_results(study, by=by, at=NOW)
    run_due()
    return StudyResult.objects.get(pk=result.pk)


@pytest.fixture
def programme():
    return ProgrammeFactory(starts_on=MATCHED.date(), ends_on=(NOW + timedelta(days=20)).date())


@pytest.fixture
def coordinator(programme):
    return CoordinationFactory(programme=programme).person


@pytest.fixture
def before_and_after(programme):
    """Twenty-four pairs; mentees answered before and after."""
    mentors, mentees = (people(programme, 24, role=role) for role in ("mentor", "mentee"))
    pairs = paired(programme, mentors, mentees)
    before, after = np.tile([1, 2, 3, 4], 6), np.tile([2, 4, 3, 5, 3, 2], 4)
    say(wave(programme, "w0"), mentees, before.tolist())
    say(wave(programme, "w3"), mentees, after.tolist(), pairs)
    return mentees, before, after


def refused(what):
    with pytest.raises(DatabaseError), transaction.atomic():
        what()
    return True


def test_the_plan_is_hashed_into_the_audit_chain_and_the_database_keeps_it(programme, coordinator):
    study = make_study(programme, kind="pre_post", title="Skills", by=coordinator, at=NOW)
    with pytest.raises(PlanIsEmpty):
        lock_plan(study, by=coordinator, at=NOW)
    with pytest.raises(PlanIsNotLocked):
        ask_for_results(study, by=coordinator, at=NOW)
    assert refused(lambda: StudyResult.objects.create(study=study, asked_at=NOW))
    assert refused(lambda: StudyAmendment.objects.create(study=study, number=1, text="{}", sha256="x", made_at=NOW))

    study = locked(programme, coordinator)

    canonical = json.dumps(json.loads(study.plan), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert study.sha256 == hashlib.sha256(canonical.encode()).hexdigest()
    assert AuditEvent.objects.get(action="study.locked").reason == study.sha256
    assert broken_link() is None
    with pytest.raises(PlanIsLocked):
        write_plan(study, study.planned, by=coordinator, at=NOW)
    mine = Study.objects.filter(pk=study.pk)
    changes = {"plan": "{}", "sha256": "0" * 64, "locked_at": NOW + timedelta(days=1), "kind": "mode", "title": "Other"}
    assert all(refused(lambda name=name, to=to: mine.update(**{name: to})) for name, to in changes.items())
    row = amend(study, outcomes=["skills.training"], why="Asked later", by=coordinator, at=NOW)
    assert refused(lambda: StudyAmendment.objects.filter(pk=row.pk).update(text="{}"))
    mine.update(made_by=None)


def test_what_is_shown_is_the_published_statistic_with_its_label_and_its_number_of_tests(
    programme, coordinator, before_and_after, sign_in
):
    _mentees, before, after = before_and_after
    study = locked(programme, coordinator)
    amend(study, outcomes=["infrastructure.digital"], why="Asked later", by=coordinator, at=NOW)
    content = results(study, coordinator).content

    rows = {row["outcome"]: row for row in content["analyses"]}
    expected = paired_g((before - 1) * 25, (after - 1) * 25)
    assert [rows[OUTCOME][name] for name in ("value", "low", "high", "n")] == pytest.approx(
        [expected.value, expected.low, expected.high, 24], abs=1e-4
    )
    assert [row["family"] for row in content["analyses"]] == ["primary", "secondary", "exploratory"]
    assert rows[OUTCOME]["adjusted"] == rows[OUTCOME]["p"]  # Holm over one
    assert content["tests"] == 3
    for language, words in (("en", ["Exploratory", "Observational", "3 tests were run"]), ("fa", ["اکتشافی"])):
        browser = sign_in(coordinator)
        page = browser.get(study.get_absolute_url(), headers={"accept-language": language}).content.decode()
        if language == "en":
            assert all(word in page for word in [*words, f"g = {expected.value:.2f}", study.sha256])


def test_a_scale_of_an_own_questionnaire_is_measured_like_one_of_the_model_and_something_is_held_equal(
    programme, coordinator, before_and_after, sign_in
):
    mentees, before, _after = before_and_after
    own = own_instrument(programme.institution, active=True)
    pairs = list(Relationship.objects.order_by("pk"))
    warm = {"w0": np.tile([1, 2, 4, 3], 6), "w3": np.tile([3, 5, 4, 2, 6, 4], 4)}
    for moment, values in warm.items():
        opens = MATCHED + timedelta(days=OPENS[moment])
        asked = Wave.objects.create(programme=programme, form="own", instrument=own, moment=moment, number=8 + len(moment) +
                                    OPENS[moment] // 80, opens_at=opens, closes_at=opens + timedelta(days=9))  # fmt: skip
        for each, pair, value in zip(mentees, pairs, values.tolist(), strict=True):
            row = Response.objects.create(
                wave=asked, enrolment=each, relationship=pair, started_at=opens, submitted_at=opens
            )
            Answer.objects.bulk_create(
                [Answer(response=row, item="a1", value=value), Answer(response=row, item="a2", value=6 - value)]
            )
    study = locked(programme, coordinator, primary=["own:trust:1:warm"], secondary=[OUTCOME], covariate=OTHER)
    assert "the slope of the change on the covariate" in study.planned["model"]
    rows = {row["outcome"]: row for row in results(study, coordinator).content["analyses"]}

    expected = paired_g(warm["w0"], warm["w3"])
    told = rows["own:trust:1:warm"]
    assert [told[name] for name in ("value", "low", "high", "n", "items", "consistency")] == pytest.approx(
        [expected.value, expected.low, expected.high, 24, 2, 24], abs=1e-4
    )
    change = (warm["w3"] - warm["w0"]).astype(float)
    slope = np.corrcoef(change, before)[0, 1]  # of one predictor, both in standard deviations
    assert (told["goes_with"][0], told["goes_with"][4]) == (pytest.approx(slope, abs=1e-4), 24)
    assert rows[OUTCOME]["value"] != told["value"]
    page = sign_in(coordinator).get(study.get_absolute_url()).content.decode()
    for words in (
        "Trust between two (version 1): Warmth",
        "The change goes with “",
        "needs 30 people who answered every",
    ):
        assert words in page
    never = locked(programme, coordinator, primary=["own:trust:1:warm"], secondary=[], after="w2")
    assert results(never, coordinator).content["analyses"][0]["waves"] == ["w2"]


def test_under_the_gate_there_is_a_sentence_and_no_figure(programme, coordinator, before_and_after, sign_in):
    mentees, *_ = before_and_after
    Consent.objects.filter(person__in=[row.person_id for row in mentees[:5]], kind="research").update(withdrawn_at=NOW)

    study = locked(programme, coordinator)
    row = results(study, coordinator).content["analyses"][0]

    assert row == {
        "outcome": OUTCOME,
        "family": "primary",
        "of": [],
        "state": "few",
        "n": 19,
        "wanted": 20,
        "unit": "pairs",
    }
    page = sign_in(coordinator).get(study.get_absolute_url()).content.decode()
    assert "Too few to say: 19 people who answered both times; 20 are needed." in page
    assert "g =" not in page and "95%" not in page.split("The plan")[0]


def test_nobody_is_worked_out_from_who_is_missing_or_from_two_results(programme, coordinator, before_and_after):
    mentees, *_ = before_and_after
    study = locked(programme, coordinator)
    first = results(study, coordinator)
    changed = Answer.objects.filter(response__enrolment=mentees[0])
    changed.update(value=5)

    second = results(locked(programme, coordinator), coordinator)
    assert [row.get("kept") for row in second.content["analyses"]] == [True, True]
    assert second.content["analyses"][0]["value"] == first.content["analyses"][0]["value"]

    Answer.objects.filter(response__enrolment__in=mentees[:9]).update(value=5)
    third = results(study, coordinator)
    assert [row.get("kept") for row in third.content["analyses"]] == [None, None]

    Consent.objects.filter(person=mentees[0].person_id).update(withdrawn_at=NOW)
    last = results(study, coordinator)
    assert (last.made_at, "have not agreed" in Job.objects.get(key=last.job_key).error) == (None, True)


def not_agreed(programme, count, *, role):
    made = people(programme, count, role=role)
    Consent.objects.filter(person__in=[row.person_id for row in made]).update(withdrawn_at=NOW)
    return made


def why_not(study, by):
    return Job.objects.get(key=results(study, by).job_key).error


def test_each_side_leaves_over_five_or_nobody_for_its_figures_are_shown_apart(programme, coordinator, before_and_after):
    w0, mentors = Wave.objects.get(moment="w0"), list(Enrolment.objects.filter(role="mentor"))
    outside = [*not_agreed(programme, 3, role="mentor"), *not_agreed(programme, 3, role="mentee")]
    say(w0, [*mentors, *outside], [3] * 30)

    assert "have not agreed" in why_not(locked(programme, coordinator), coordinator)

    say(w0, [each for role in ("mentor", "mentee") for each in not_agreed(programme, 3, role=role)], [3] * 6)
    again = results(locked(programme, coordinator), coordinator)
    assert again.content["analyses"][0]["n"] == 24


def test_of_five_who_have_not_agreed_those_who_wait_for_a_figure_do_not_hide_those_in_it(
    programme, coordinator, before_and_after
):
    """They are the last five of 29; 25 are let into the figure of their side, so that one of them is in it alone."""
    outside = not_agreed(programme, 5, role="mentee")
    for moment in ("w0", "w3"):
        say(Wave.objects.get(moment=moment), outside, [3] * 5)
    column = [part.slug for part in components()].index(
        "support.learning"
    )  # the first questionnaire does not ask about it
    _mentors, mentees = perception(Facts(programme, NOW)).people[column]
    assert (len(mentees), len(mentees & {row.person_id for row in outside})) == (25, 1)

    assert "have not agreed" in why_not(locked(programme, coordinator), coordinator)


@pytest.fixture
def early_and_late(programme, before_and_after):
    """Those pairs, whose mentees answered an early questionnaire about everything, too: (its wave, the last, mentors)."""
    mentees, before, _after = before_and_after
    early = wave(programme, "w1")
    say(early, mentees, before.tolist())
    return early, Wave.objects.get(moment="w3"), list(Enrolment.objects.filter(role="mentor").order_by("pk"))


def test_those_whose_answers_changed_are_five_or_nobody_too(programme, coordinator, early_and_late):
    """Six mentors have not agreed; what one of them alone says anew moves what the page shows of all mentors."""
    early, late, mentors = early_and_late
    outside = not_agreed(programme, 6, role="mentor")
    say(early, [*outside, *mentors], [3] * 30)
    assert results(locked(programme, coordinator, before="w1"), coordinator).content["analyses"][0]["n"] == 24

    say(late, [outside[0], *mentors[:4]], [4] * 5)
    assert "have not agreed" in why_not(locked(programme, coordinator, before="w1"), coordinator)

    say(late, [*outside[1:5], mentors[4]], [4] * 5)
    assert results(locked(programme, coordinator, before="w1"), coordinator).content["analyses"][0]["n"] == 24


def test_few_in_the_figure_of_an_earlier_wave_are_not_hidden_by_those_who_came_later(
    programme, coordinator, early_and_late
):
    early, late, mentors = early_and_late
    outside = not_agreed(programme, 6, role="mentor")
    say(early, [outside[0], *mentors], [3] * 25)
    say(late, outside[1:], [3] * 5)

    assert "have not agreed" in why_not(locked(programme, coordinator, before="w1"), coordinator)


def test_who_is_left_out_are_five_or_nobody(programme, coordinator, before_and_after):
    Relationship.objects.filter(pk=Relationship.objects.first().pk).update(first_contact_at=None)
    last = results(locked(programme, coordinator, exclusions=[NO_CONTACT]), coordinator)
    assert "leaves out between one and four" in Job.objects.get(key=last.job_key).error


def test_people_who_wait_and_people_with_a_mentor_are_compared_by_their_change(programme, coordinator):
    mentors, mentees = (people(programme, 20, role=role) for role in ("mentor", "mentee"))
    pairs, alone = paired(programme, mentors, mentees), people(programme, 20, role="mentee")
    first, second = wave(programme, "w0"), wave(programme, "w2")
    rose, stayed = np.tile([3, 4, 5, 4], 5), np.tile([2, 3, 1, 2], 5)
    say(first, mentees, [2] * 20), say(first, alone, [2, 1, 2, 2] * 5)
    say(second, mentees, rose.tolist(), pairs), say(second, alone, stayed.tolist())

    study = locked(programme, coordinator, kind="waiting", after="w2")
    row = results(study, coordinator).content["analyses"][0]

    change = (stayed - np.tile([2, 1, 2, 2], 5)) * 25
    expected = independent_g((rose - 2) * 25, change)
    assert (row["value"], row["arms"]) == (pytest.approx(expected.value, abs=1e-4), [20, 20])
    assert row["e_value"] > row["e_value_limit"] > 1


@pytest.mark.parametrize(
    ("left", "told", "words"),
    [
        (6, [[44, 24], [30, 24]], "With a mentor: 24 of 44 · Waiting: 24 of 30"),
        (
            2,
            [[None, 24], [None, 24]],
            "With a mentor: 24, how many were lost is hidden · Waiting: 24, how many were lost is",
        ),
    ],
)
def test_who_was_lost_of_each_group_is_told_weighted_for_and_compared(
    programme, coordinator, sign_in, left, told, words
):
    mentors, mentees = (people(programme, 44, role=role) for role in ("mentor", "mentee"))
    pairs, alone = paired(programme, mentors, mentees), people(programme, 24 + left, role="mentee")
    first, second = wave(programme, "w0"), wave(programme, "w2")
    began, waits = np.array([1, 2, 4, 5] * 11), np.array([1, 2, 4, 5] * 6 + [2] * left)
    say(first, mentees, began.tolist()), say(first, alone, waits.tolist())
    stays = sorted(range(44), key=lambda n: (n % 4 < 2 and n > 5, n))[:24]  # most of the low ones are lost
    again, waited = np.array([4, 5, 5, 3] * 6), np.array([2, 3, 1, 3] * 6)
    say(second, [mentees[n] for n in stays], again.tolist(), [pairs[n] for n in stays])
    say(second, alone[:24], waited.tolist())

    study = locked(programme, coordinator, kind="waiting", after="w2", secondary=[])
    row = results(study, coordinator).content["analyses"][0]

    assert row["attrition"] == told
    gone = np.delete(began, stays)
    expected = independent_g((began[stays] - 1) * 25, (gone - 1) * 25)
    assert row["lost_by_arm"] == [pytest.approx([expected.value, expected.low, expected.high], abs=1e-4), None]
    change, other = (again - began[stays]) * 25, (waited - waits[:24]) * 25
    sd = independent_g(change, other).sd
    weights = []
    for everybody, here in ((began, began[stays]), (waits, waits[:24])):
        cuts = np.unique(np.quantile(everybody, (1 / 3, 2 / 3)))
        there, kept = (np.bincount(np.digitize(each, cuts), minlength=3) for each in (everybody, here))
        weights.append((there / kept)[np.digitize(here, cuts)])
    weighted = np.average(change, weights=weights[0]) - np.average(other, weights=weights[1])
    assert row["weighted"] == pytest.approx(weighted / sd, abs=1e-4) and abs(row["weighted"] - row["value"]) > 0.05
    page = sign_in(coordinator).get(study.get_absolute_url()).content.decode()
    for each in (
        words,
        "With each group weighted to all who",
        "With a mentor, those who stayed less those who were lost, at the",
    ):
        assert each in page
    assert "covariate" in study.planned["model"] and "stayed less lost" in study.planned["model"]


def test_a_figure_of_those_who_were_lost_stays_when_one_of_them_goes(programme, coordinator, before_and_after):
    """How the lost began stands beside the change; the one who takes consent back would be worked out from two such figures."""
    w0 = Wave.objects.get(moment="w0")
    outside = people(programme, 5, role="mentee")
    say(w0, outside, [3] * 5), say(w0, people(programme, 20, role="mentee"), [1, 2, 3, 4] * 5)
    Consent.objects.filter(person__in=[row.person_id for row in outside]).update(withdrawn_at=NOW)
    study = locked(programme, coordinator, secondary=[])
    before = results(study, coordinator).content["analyses"][0]
    lost = Response.objects.filter(wave=w0).order_by("-pk")[6].enrolment

    Consent.objects.filter(person=lost.person_id).update(withdrawn_at=NOW)

    after = results(study, coordinator).content["analyses"][0]
    assert (before["lost"] is not None, after["lost"], after["kept"]) == (True, before["lost"], True)


def own_answers(programme, own, enrolments, pairs, values, *, day, moment="", number=20, language=""):
    """An own questionnaire asked on a day since the match; `values` are what `a1` got, `a2` is its reverse."""
    opens = MATCHED + timedelta(days=day)
    asked = Wave.objects.create(programme=programme, form="own", instrument=own, moment=moment, number=number,
                                opens_at=opens, closes_at=opens + timedelta(days=9))  # fmt: skip
    rows = Response.objects.bulk_create(
        Response(wave=asked, enrolment=each, relationship=pair, started_at=opens, submitted_at=opens, language=language)
        for each, pair in zip(enrolments, pairs, strict=True)
    )
    Answer.objects.bulk_create(
        Answer(response=row, item=item, value=int(told))
        for row, value in zip(rows, values, strict=True)
        for item, told in (("a1", value), ("a2", 6 - value))
    )


@pytest.mark.once
def test_an_own_questionnaire_asked_at_no_moment_enters_a_path_and_is_compared_between_languages(
    programme, coordinator, sign_in
):
    rng = np.random.default_rng(3)
    own = own_instrument(programme.institution, active=True)  # about "relationships.friendly"
    adrift = own_instrument(programme.institution, "adrift", active=True, maps_to="none")
    mentors, mentees = (people(programme, 110, role=role) for role in ("mentor", "mentee"))
    pairs = paired(programme, mentors, mentees)
    start = rng.integers(1, 5, 110)
    warm = np.clip(start + rng.integers(0, 3, 110), 0, 6)
    say(wave(programme, "w0"), mentors, start.tolist())
    own_answers(programme, own, mentors, pairs, warm, day=20, language="en")
    own_answers(
        programme, own, mentees, pairs, np.clip(warm + rng.integers(-1, 2, 110), 0, 6), day=21, number=21, language="fa"
    )
    say(wave(programme, "w3"), mentees, np.clip(warm + rng.integers(-1, 2, 110), 1, 5).tolist(), pairs)
    plan = {"hypotheses": "They go together", "who": "mentee", "x": "planning.structure", "mediator_1": "own:trust:1:warm",
            "outcome": "support.satisfaction"}  # fmt: skip
    study = make_study(programme, kind="path", title="Trust", by=coordinator, at=NOW)
    browser = sign_in(coordinator)
    page = browser.get(study.get_absolute_url()).content.decode()

    assert 'value="own:trust:1:warm"' in page and f'value="own:{adrift.name}:1' not in page
    assert "one that is about none has no place in a path" in page
    assert browser.post(study.get_absolute_url(), plan).status_code == 302
    assert 'value="own:trust:1:warm" selected' in browser.get(f"{study.get_absolute_url()}?change").content.decode()
    lock_plan(study, by=coordinator, at=NOW)
    row = results(Study.objects.get(pk=study.pk), coordinator).content["analyses"][0]
    outcome = StudyData(programme, Study.objects.get(pk=study.pk).planned, at=NOW)
    satisfied = [next(said.answers for said in outcome.said if said.enrolment == each.pk and said.moment == "w3")
                 for each in mentees]  # fmt: skip
    y = [np.mean([6 - told[f"support.satisfaction.{n}"] if n == 3 else told[f"support.satisfaction.{n}"] for n in (1, 2, 3)])
         for told in satisfied]  # fmt: skip
    expected = mediation((start - 1) * 25, [warm], (np.array(y) - 1) * 25, names=["x", "m", "y"], draws=200)
    assert (row["state"], row["n"]) == ("ok", 110)
    assert row["value"] == pytest.approx(expected.value, abs=1e-3)

    both = np.concatenate([warm[:50], warm])
    more = people(programme, 110, role="mentee")
    own_answers(programme, own, more, [None] * 110, both[:110], day=22, number=22, language="en")
    told = locked(
        programme, coordinator, kind="language", before="", after="any", primary=["own:trust:1:warm"], secondary=[]
    )
    found = results(told, coordinator).content["analyses"][0]
    assert (found["arms"], [each["item"] for each in found["rows"]]) == (
        [110, 110],
        ["own:trust:1:a1", "own:trust:1:a2"],
    )
    page = sign_in(coordinator).get(told.get_absolute_url()).content.decode()
    assert "I can rely on my mentor." in page and "Whenever it was asked" in page


@pytest.mark.once
def test_online_growth_and_paths_give_figures_behind_their_gates(programme, coordinator, sign_in):
    rng = np.random.default_rng(1)
    mentors, mentees = (people(programme, 60, role=role) for role in ("mentor", "mentee"))
    pairs = paired(programme, mentors, mentees)
    feels = np.clip(rng.integers(1, 5, 60), 1, 5)
    for step, moment in enumerate(("w0", "w1", "w2", "w3")):
        of_wave = wave(programme, moment)
        for side in (mentors, mentees):
            values = np.clip(feels + rng.integers(0, 2, 60) + step // 3, 1, 5)
            about = None if moment == "w0" else pairs
            say(of_wave, side, values.tolist(), about, lambda: int(rng.integers(0, 2)))
    Session.objects.bulk_create(
        Session(relationship=pair, status="held", starts_at=MATCHED + timedelta(days=20 + n), created_at=MATCHED,
                place="in_person" if place < 30 else "video")
        for place, pair in enumerate(pairs)
        for n in range(2)
    )  # fmt: skip
    of = {
        "mode": locked(programme, coordinator, kind="mode"),
        "growth": locked(programme, coordinator, kind="growth", waves=["w1", "w2", "w3"], secondary=[]),
        "lagged": locked(programme, coordinator, kind="lagged", waves=["w1", "w2", "w3"], x=OTHER, outcome=OUTCOME),
        "path": locked(programme, coordinator, kind="path", x="planning.structure", mediators=["relationships.friendly", OTHER],
                       outcome="support.satisfaction", condition="infrastructure.digital"),
    }  # fmt: skip
    found = {name: results(study, coordinator).content["analyses"][0] for name, study in of.items()}

    assert {name: row["state"] for name, row in found.items()} == dict.fromkeys(of, "ok")
    assert found["mode"]["arms"] == [30, 30]
    assert [row[0] for row in found["path"]["paths"]] == ["planning.structure", "relationships.friendly", OTHER]
    assert found["growth"]["rows"] == 360
    assert (found["lagged"]["n"], found["lagged"]["weak"], len(found["lagged"]["rows"])) == (60, True, 4)
    assert found["mode"]["consistency"][0][0] == "spearman-brown"
    assert (found["path"]["n"], found["path"]["weak"], len(found["path"]["effects"])) == (60, True, 5)
    browser = sign_in(coordinator)
    pages = {name: browser.get(study.get_absolute_url()).content.decode() for name, study in of.items()}
    assert "Exploratory: under 150 relationships." in pages["path"] and "hidden common cause" in pages["path"]
    assert "The other way round, from “Technology literacy”" in pages["lagged"]
    assert "points per questionnaire" in pages["growth"] and "E-value" in pages["mode"]


@pytest.mark.once
def test_paths_in_standard_deviations_are_the_slopes_of_standardised_variables():
    rng = np.random.default_rng(4)
    x = rng.normal(0, 2, 200)
    m = 0.5 * x + rng.normal(0, 3, 200)
    y = 4 * m - x + rng.normal(0, 9, 200)
    columns = np.array([x, m, y])
    found = mediation(x, [m], y, names=["x", "m", "y"], draws=100)

    (_x, total, low, high), (_m, last, *_limits) = in_standard_deviations(found, ["x", "m", "y"], columns)

    z = (columns - columns.mean(axis=1)[:, None]) / columns.std(axis=1)[:, None]
    assert total == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-4)
    assert last == pytest.approx(np.linalg.lstsq(z[:2].T, z[2], rcond=None)[0][1], abs=1e-4)
    assert (low, high) == pytest.approx(
        (found.total.low * x.std() / y.std(), found.total.high * x.std() / y.std()), abs=1e-4
    )


@pytest.mark.once
def test_the_statement_that_works_otherwise_in_persian_is_named(programme, coordinator, sign_in):
    rng = np.random.default_rng(2)
    last = wave(programme, "w3")
    for language in ("en", "fa"):
        mine = people(programme, 110, role="mentee", language="fa")  # as they set it; what counts is how they answered
        rows = Response.objects.bulk_create(
            Response(wave=last, enrolment=each, started_at=last.opens_at, submitted_at=last.opens_at, language=language)
            for each in mine
        )
        asked = [item for item in items().values() if item.component.startswith("skills.")]
        answers = []
        for row in rows:
            trait = rng.normal(3, 1)
            for place, item in enumerate(asked):
                value = int(np.clip(round(trait + rng.normal(0, 0.7) - (place == 4 and language == "fa") * 1.2), 1, 5))
                answers.append(Answer(response=row, item=item.code, value=6 - value if item.reverse else value))
        Answer.objects.bulk_create(answers)

    study = locked(programme, coordinator, kind="language", before="", primary=["skills"], secondary=[])
    row = results(study, coordinator).content["analyses"][0]

    sizes = {each["item"]: each["size"] for each in row["rows"]}
    assert (row["value"], sizes[asked[4].code], row["weak"], row["arms"]) == (1, "C", True, [110, 110])
    page = sign_in(coordinator).get(study.get_absolute_url()).content.decode()
    assert "not a multi-group confirmatory factor analysis" in page


def test_a_study_is_set_up_step_by_step_on_pages(programme, coordinator, sign_in):
    browser = sign_in(coordinator)
    made = browser.post(f"/programmes/{programme.slug}/studies/", {"kind": "pre_post", "title": "Skills"})
    url = made.headers["Location"]
    plan = {
        "hypotheses": "They rise\n",
        "who": "mentee",
        "before": "w3",
        "after": "w1",
        "primary": "support.learning",
    }
    assert "The second questionnaire comes after the first." in browser.post(url, plan).content.decode()
    plan |= {"before": "w0", "after": "w3"}
    assert "is not asked in each of these questionnaires" in browser.post(url, plan).content.decode()
    assert browser.post(url, plan | {"primary": OUTCOME}).status_code == 302
    assert "Lock the plan" in browser.get(url).content.decode()
    browser.post(f"{url}lock/")
    study = Study.objects.get()
    assert hashlib.sha256(browser.get(f"{url}plan.json").content).hexdigest() == study.sha256
    assert browser.post(f"{url}amend/", {"outcomes": ["skills.training"], "why": ""}).status_code == 200
    assert browser.post(f"{url}amend/", {"outcomes": [OTHER], "why": "Asked later"}).status_code == 302
    assert study.amendments.get().added["outcomes"] == [OTHER]


def test_a_key_reads_locked_studies_and_nothing_of_drafts(programme, coordinator, before_and_after, client):
    _key, secret = make_api_key(programme.institution, name="R", scopes=["research:read"], by=coordinator, at=NOW)
    make_study(programme, kind="mode", title="Draft", by=coordinator, at=NOW)
    study = locked(programme, coordinator)
    results(study, coordinator)
    asked = {"authorization": f"Bearer {secret}"}
    (row,) = client.get("/api/v1/studies", headers=asked).json()["results"]
    assert (row["sha256"], row["plan"]["primary"], row["result"]["analyses"][0]["n"]) == (study.sha256, [OUTCOME], 24)
    assert "basis" not in row and client.get(f"/api/v1/studies/{study.pk + 99}", headers=asked).status_code == 404


def test_what_people_did_is_read_in_its_own_weeks(programme):
    """Contact in weeks 3 to 8 only, and how long before day 14 the agreement stood."""
    mentors, mentees = (people(programme, 5, role=role) for role in ("mentor", "mentee"))
    for pair in paired(programme, mentors, mentees):
        start = pair.started_at
        for day in (3, 15, 16, 23, 55, 57):  # weeks 1, 3, 3, 4, 8 and 9
            Session.objects.create(
                relationship=pair, status="held", starts_at=start + timedelta(days=day), created_at=start
            )
    first, second = Relationship.objects.order_by("pk")[:2]
    for pair, day in ((first, 4), (second, 30)):
        agreement = Agreement.objects.create(
            relationship=pair, rhythm_days=7, ends_on=programme.ends_on, updated_at=pair.started_at
        )
        for member in pair.members.all():
            agreement.signatures.create(
                version=agreement.version, person_id=member.person_id, signed_at=pair.started_at + timedelta(days=day)
            )

    data = StudyData(programme, {"kind": "path", "exclusions": [], "x": OTHER, "outcome": OUTCOME}, at=NOW)

    assert set(data.two_way_weeks.values()) == {3.0}
    assert (data.agreement_day[first.pk], data.agreement_day[second.pk]) == (10.0, 0.0)
