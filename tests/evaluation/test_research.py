import csv
import hashlib
import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from accounts.models import Consent, User
from accounts.services import erase_person, give_consent, make_api_key, withdraw_consent
from core.jobs import run_due
from evaluation import research
from evaluation.anonymity import generalise, in_turn
from evaluation.facts import Facts
from evaluation.measure import Board
from evaluation.models import Answer, ResearchExport, Response, Score, UnitScore, Wave
from evaluation.queries.instruments import own_results, own_waves
from evaluation.research import TooFewAgreed, TooFewLeftOver, research_zip
from evaluation.services import ask_for_export, recompute
from mentoring.relationships.models import Goal, Relationship, SessionRating
from tests.evaluation.living import answered, meet, members, pairs, talk, wave
from tests.evaluation.own import own_instrument
from tests.factories import NOW, CoordinationFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def programme():
    programme = ProgrammeFactory()
    asked = wave(programme)
    for each in pairs(programme, 5):
        talk(each)
        answered(asked, each, "mentor", 4)
        answered(asked, each, "mentee", 2, planning_structure_1=-2)
        for person in members(each):
            give_consent(person, Consent.Kind.RESEARCH, at=NOW)
    programme.enrolments.update(applied_at=NOW, seniority=3)
    recompute(programme, at=NOW)
    return programme


def opened(data):
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


def table(files, name):
    return list(csv.DictReader(io.StringIO(files[name])))


def test_what_is_read_back_are_the_numbers_of_the_database(programme):
    files = opened(research_zip(programme, at=NOW))

    stored = sorted(Answer.objects.values_list("item", "value"))
    assert sorted((row["item"], int(row["value"])) for row in table(files, "items_long.csv")) == stored
    wide = table(files, "items_wide.csv")
    assert sorted(row["planning.structure.1"] for row in wide) == ["-2"] * 5 + ["4"] * 5
    assert {row["planning.structure.2"] for row in wide} == {"-1"}  # the short form does not show it
    scored = Score.objects.filter(state="scored").values_list("code", "value", "inputs")
    expected = [(code, value, inputs.get("numerator")) for code, value, inputs in scored]
    units = [found for row in UnitScore.objects.all() for found in row.measured if found.value is not None]
    expected += [(found.code, found.value, found.numerator) for found in units]
    read = [row for row in table(files, "indicators.csv") if row["value"]]
    found = [(row["code"], float(row["value"]), float(row["numerator"]) if row["numerator"] else None) for row in read]
    assert sorted(found, key=str) == sorted(expected, key=str)
    sums = json.loads(files["manifest.json"])["sha256"]
    raw = zipfile.ZipFile(io.BytesIO(research_zip(programme, at=NOW)))
    assert set(sums) == set(files) - {"manifest.json"}
    assert sums["codebook.json"] == hashlib.sha256(raw.read("codebook.json")).hexdigest()
    assert json.loads(files["k-report.json"])["holds"]


def test_the_language_of_answers_is_in_it_unless_it_singles_somebody_out(programme):
    sheets = Response.objects.order_by("pk")
    sheets.update(language="en")
    files = opened(research_zip(programme, at=NOW))
    assert {row["language"] for name in ("people.csv", "items_wide.csv") for row in table(files, name)} == {"en"}
    assert "language" in {row["code"] for row in table(files, "codebook.csv")}
    assert "زبانی که پرسش‌نامه به آن پاسخ داده شده" in files["codebook.fa.md"]

    sheets.filter(pk=sheets[0].pk).update(language="fa")
    files = opened(research_zip(programme, at=NOW))
    assert {row["language"] for name in ("people.csv", "items_long.csv") for row in table(files, name)} == {"*"}


def test_a_response_left_out_of_the_scores_is_in_it_and_says_so(programme):
    Response.objects.filter(pk=Response.objects.earliest("pk").pk).update(left_out="same")

    files = opened(research_zip(programme, at=NOW))

    assert sorted(row["left_out"] for row in table(files, "items_wide.csv")) == [""] * 9 + ["same"]
    assert {row["left_out"] for row in table(files, "items_long.csv")} == {"", "same"}
    assert "left_out" in {row["code"] for row in table(files, "codebook.csv")}
    assert json.loads(files["codebook.json"])["review_status"] == {"en": "original", "fa": "draft"}
    assert "در فارسی پیش‌نویس" in files["codebook.fa.md"]
    assert "does not occur" in files["codebook.en.md"] and "اینجا پیش نمی‌آید" in files["codebook.fa.md"]


def test_who_has_not_agreed_is_not_in_it_nor_recovered_from_totals(programme):
    person = members(programme.relationships.first())[0]
    Response.objects.filter(enrolment__person=person).delete()
    withdraw_consent(person, Consent.Kind.RESEARCH, at=NOW)

    files = opened(research_zip(programme, at=NOW))

    assert len(table(files, "people.csv")) == 9
    assert len(table(files, "items_wide.csv")) == 9
    assert len({row["relationship"] for row in table(files, "relations.csv")}) == 4
    assert [row["relationship"] for row in table(files, "items_wide.csv")].count("") == 1
    told = table(files, "indicators.csv")
    assert "G" not in {row["level"] for row in told}
    in_a_pair = {row["enrolment"] for row in table(files, "relations.csv")}
    partner = {row["enrolment"] for row in table(files, "people.csv")} - in_a_pair
    assert len(partner) == 1
    assert "RC1" in {row["code"] for row in told if row["unit"] in in_a_pair}
    assert not {"PC2", "RC1", "RC2", "RP2", "SU1"} & {row["code"] for row in told if row["unit"] in partner}
    assert table(files, "flow.csv")[0]["in the programme"] == "hidden: fewer than 5"


def crowd(count, *, agreed, say):
    """A programme in which so many pairs answered, mentors by `say(number)`; everybody agreed to research but mentors from the
    place `agreed` on. Returns (programme, pairs)."""
    programme = ProgrammeFactory()
    everybody = pairs(programme, count)
    for place, each in enumerate(everybody):
        mentor, mentee = members(each)
        give_consent(mentee, Consent.Kind.RESEARCH, at=NOW)
        if place < agreed:
            give_consent(mentor, Consent.Kind.RESEARCH, at=NOW)
        say(programme, each, place)
    programme.enrolments.update(applied_at=NOW, seniority=3)
    return programme, everybody


def in_short_form(programme, each, place):
    """Nine say 4, whoever is tenth or later 2; mentees all 3."""
    asked = Wave.objects.filter(programme=programme).first() or wave(programme)
    answered(asked, each, "mentor", 4 if place < 9 else 2)
    answered(asked, each, "mentee", 3)


def shown_and_in_the_file(programme):
    """(shown mean of mentors and how many they are, scores of mentors in the file) of satisfaction."""
    board = Board(Facts(programme, NOW))
    voices = board.voices([part.slug for part in board.parts].index("support.satisfaction"))
    told = table(opened(research_zip(programme, at=NOW)), "items_wide.csv")
    answers = [int(row["support.satisfaction.1"]) for row in told]
    return voices["mentor"], voices["mentors"], [25 * (value - 1) for value in answers if value != 3]


def test_no_file_beside_the_shown_voices_tells_what_the_one_said_who_has_not_agreed():
    programme, everybody = crowd(10, agreed=9, say=in_short_form)

    with pytest.raises(TooFewLeftOver):
        mean, n, inside = shown_and_in_the_file(programme)
        assert mean * n - sum(inside) == 25, "the tenth's answer"

    give_consent(members(everybody[9])[0], Consent.Kind.RESEARCH, at=NOW)
    mean, n, inside = shown_and_in_the_file(programme)
    assert (mean, n, sorted(inside)) == (70, 10, [25] + [75] * 9)


def test_a_file_is_made_where_five_of_a_side_have_not_agreed():
    mean, n, inside = shown_and_in_the_file(crowd(15, agreed=10, say=in_short_form)[0])
    assert (n, len(inside), mean * n - sum(inside)) == (15, 10, 5 * 25)


def test_no_file_is_made_while_few_of_those_who_count_by_now_have_not_agreed():
    """Of fourteen mentors ten stand in the figure, four wait for a fifth; five of them all have not agreed."""
    programme, _everybody = crowd(14, agreed=9, say=in_short_form)
    with pytest.raises(TooFewLeftOver):
        mean, n, inside = shown_and_in_the_file(programme)
        assert (n, mean * n - sum(inside)) == (10, 25), "the tenth's answer"


def in_own_wave(programme, number=2):
    return Wave.objects.create(
        programme=programme, form=Wave.Form.OWN, number=number, opens_at=NOW,
        instrument=own_instrument(programme.institution, active=True),
    )  # fmt: skip


def in_own_words(programme, each, place):
    """The mentor answers a questionnaire of the institution's own, the tenth otherwise."""
    asked = Wave.objects.filter(programme=programme).first() or in_own_wave(programme, number=1)
    mine = each.members.get(role="mentor").enrolment
    made = Response.objects.create(wave=asked, enrolment=mine, relationship=each, started_at=NOW, submitted_at=NOW)
    answers = {"a1": 5, "a2": 1} if place < 9 else {"a1": 1, "a2": 5}
    Answer.objects.bulk_create(Answer(response=made, item=item, value=value) for item, value in answers.items())


def test_no_file_beside_the_results_of_an_own_questionnaire_tells_what_one_said():
    programme, everybody = crowd(10, agreed=9, say=in_own_words)
    [result] = own_results(own_waves(programme))
    said = next(side for row in result.rows for side in row.sides if (row.code, side.role) == ("warm", "mentor"))
    assert (said.n, round(said.value * 10 - 9 * 5)) == (10, 1)

    with pytest.raises(TooFewLeftOver):
        research_zip(programme, at=NOW)

    give_consent(members(everybody[9])[0], Consent.Kind.RESEARCH, at=NOW)
    assert len(table(opened(research_zip(programme, at=NOW)), "items_wide.csv")) == 10


def test_the_page_rest_and_the_command_say_why_there_is_no_file(sign_in, client):
    programme, _everybody = crowd(10, agreed=9, say=in_short_form)
    coordinator = CoordinationFactory(programme=programme).person
    export = ask_for_export(programme, by=coordinator, at=NOW)
    run_due()

    browser, page = sign_in(coordinator), f"/programmes/{programme.slug}/research/"
    assert "it would tell what these few said" in browser.get(page).content.decode()
    User.objects.filter(pk=coordinator.pk).update(language="fa")
    assert "پاسخ همین چند نفر را آشکار می‌کرد" in browser.get(page).content.decode()
    _key, secret = make_api_key(programme.institution, name="x", scopes=["research:read"], by=coordinator, at=NOW)
    [told] = client.get("/api/v1/research-exports", headers={"authorization": f"Bearer {secret}"}).json()["results"]
    assert (told["id"], told["size"]) == (export.pk, 0) and "it would tell what these few said" in told["error"]
    with pytest.raises(CommandError, match="it would tell what these few said"):
        call_command("export_research", programme.slug, out="/nowhere/x.zip")


@pytest.mark.parametrize("count, told", [(4, {"*"}), (5, {"mentor", "mentee"})])
def test_the_role_is_in_every_file_as_coarse_as_among_the_people(count, told):
    programme, _everybody = crowd(count, agreed=count, say=in_short_form)

    files = opened(research_zip(programme, at=NOW))

    names = ("people.csv", "items_long.csv", "items_wide.csv", "relations.csv")
    assert {name: {row["role"] for row in table(files, name)} for name in names} == dict.fromkeys(names, told)


def tell(of_wave, each, role, **answers):
    enrolment = each.members.get(role=role).enrolment
    at = {"started_at": NOW, "submitted_at": NOW}
    row = Response.objects.create(wave=of_wave, enrolment=enrolment, relationship=each, **at)
    Answer.objects.bulk_create(Answer(response=row, item=item, value=value) for item, value in answers.items())


def in_own_words_of_both(programme, each, place):
    """Mentees are asked `b1` besides; a second questionnaire only mentors."""
    own = Wave.objects.filter(programme=programme, number=1).first() or in_own_wave(programme, number=1)
    rows = [{"id": "m1", "text": {"en": "I know how to mentor."}, "roles": ["mentor"]}]
    for_mentors = Wave.objects.filter(programme=programme, number=2).first() or Wave.objects.create(
        programme=programme, form=Wave.Form.OWN, number=2, opens_at=NOW,
        instrument=own_instrument(programme.institution, "skill", active=True, items=rows, subscales={}),
    )  # fmt: skip
    tell(own, each, "mentor", a1=5, a2=1, b1=-1, b2=4)
    tell(own, each, "mentee", a1=4, a2=2, b1=5, b2=4)
    tell(for_mentors, each, "mentor", m1=6)


@pytest.mark.parametrize(
    "count, one_sided",
    [(4, []), (5, ["MM1", "skill:1:m1", "trust:1:b1"])],
)
def test_where_the_role_is_not_told_nothing_stands_in_the_file_that_one_side_alone_has(count, one_sided):
    programme, _everybody = crowd(count, agreed=count, say=in_own_words_of_both)
    recompute(programme, at=NOW)

    files = opened(research_zip(programme, at=NOW))

    of_people = {row["code"] for row in table(files, "indicators.csv") if row["level"] == "P"}
    asked = {row["item"] for row in table(files, "items_long.csv") if row["value"] != "-1"}
    wide = {code for row in table(files, "items_wide.csv") for code in row if ":" in code and row[code] != "-1"}
    assert {"trust:1:a1", "trust:1:a2", "trust:1:b2"} <= asked == wide
    assert sorted((of_people | asked) & {"MM1", "trust:1:b1", "skill:1:m1"}) == one_sided
    assert "skill" in files["flow.csv"] and ("own:skill:1" in files["items_wide.csv"]) == bool(one_sided)
    told = json.loads(files["k-report.json"])["left_out_because_it_tells_the_role"]
    assert {"wave 1: trust:1:b1", "wave 2: skill:1:m1", "MM1"} <= set(told) or (one_sided and told == [])


def test_no_file_is_made_while_few_of_those_in_an_earlier_figure_are_not_in_it():
    """Of ten mentors in the first questionnaire two have not agreed, of fifteen in the second five."""
    programme, everybody = crowd(15, agreed=10, say=lambda *_: None)
    first, second = wave(programme), wave(programme, number=2)
    for each in everybody[2:12]:
        answered(first, each, "mentor", 4 if each in everybody[:10] else 1, at=NOW - timedelta(days=2))
        answered(first, each, "mentee", 4, at=NOW - timedelta(days=2))
    board = Board(Facts(programme, NOW - timedelta(days=1)))
    voices = board.voices([part.slug for part in board.parts].index("support.satisfaction"))
    assert (voices["mentor"], voices["mentors"]) == ((8 * 75 + 2 * 0) / 10, 10), "less the eight: what the two said"
    for each in everybody:
        answered(second, each, "mentor", 3)

    with pytest.raises(TooFewLeftOver):
        research_zip(programme, at=NOW)

    for each in everybody[10:12]:
        give_consent(members(each)[0], Consent.Kind.RESEARCH, at=NOW)
    with pytest.raises(TooFewLeftOver):  # now three are left over of the second
        research_zip(programme, at=NOW)
    for each in everybody[12:]:
        give_consent(members(each)[0], Consent.Kind.RESEARCH, at=NOW)
    assert len(table(opened(research_zip(programme, at=NOW)), "items_wide.csv")) == 10 + 10 + 15


def answers_anew(*places):
    """Twenty mentors answer, of whom the last six have not agreed; then those at these places again. Returns (programme, what
    changed in the sum that the page shows, what changed in the file)."""
    programme, everybody = crowd(20, agreed=14, say=lambda *_: None)
    first, second = wave(programme), wave(programme, number=2)
    for place, each in enumerate(everybody):
        for role in ("mentor", "mentee"):
            answered(first, each, role, 1 + place % 5, at=NOW - timedelta(days=2))
    before = mean_of_mentors(programme, NOW - timedelta(days=1))
    for place in places:
        answered(second, everybody[place], "mentor", 3)
    inside = sum(25 * (3 - (1 + place % 5)) for place in places if place < 14)
    return programme, round(20 * (mean_of_mentors(programme, NOW) - before)), inside


@pytest.mark.parametrize("others", [[14], [14, 15, 16, 18]])
def test_no_file_is_made_while_few_of_those_not_in_it_changed_what_a_figure_says(others):
    """As many of them stand in the figure after either questionnaire: six."""
    programme, told, inside = answers_anew(*range(5 - len(others)), *others)
    assert told - inside == sum(25 * (3 - (1 + place % 5)) for place in others), "what these few changed"

    with pytest.raises(TooFewLeftOver):
        research_zip(programme, at=NOW)


@pytest.mark.parametrize("places", [range(5), range(14, 19)])
def test_a_file_is_made_where_nobody_or_five_of_those_not_in_it_changed_what_a_figure_says(places):
    programme, _told, _inside = answers_anew(*places)
    assert len(table(opened(research_zip(programme, at=NOW)), "items_wide.csv")) == 14 + 20 + sum(
        n < 14 for n in places
    )


def mean_of_mentors(programme, at):
    """What the page shows of satisfaction."""
    board = Board(Facts(programme, at))
    return board.voices([part.slug for part in board.parts].index("support.satisfaction"))["mentor"]


def rate(each, stars, *, weeks=range(1, 5)):
    """Both rate a session a week."""
    for week in weeks:
        held = meet(each, 7 * week)
        for person in members(each):
            SessionRating.objects.create(session=held, person=person, stars=stars, rated_at=held.starts_at)


def agreed_but(programme, count, *, but):
    """So many pairs, of which the last ones (`but`) have not agreed to research."""
    everybody = pairs(programme, count, days=90)
    for each in everybody[: count - but]:
        for person in members(each):
            give_consent(person, Consent.Kind.RESEARCH, at=NOW)
    programme.enrolments.update(applied_at=NOW, seniority=3)
    return everybody


RATED = {"SS1", "SU1"}


def of_units(programme):
    """(codes of RATED that the file tells of relationships or people, what its report says is left out)."""
    files = opened(research_zip(programme, at=NOW))
    told = {row["code"] for row in table(files, "indicators.csv") if row["level"] in "RP" and row["value"]}
    assert "RC1" in {row["code"] for row in table(files, "indicators.csv")}, "what is done stays"
    return told & RATED, set(json.loads(files["k-report.json"])["left_out_because_few_others_have_it"])


@pytest.mark.parametrize("but, told", [(0, RATED), (1, set()), (4, set()), (5, RATED)])
def test_what_rests_on_single_words_is_not_in_it_while_those_of_few_others_would_follow(but, told):
    programme = ProgrammeFactory()
    for place, each in enumerate(agreed_but(programme, 10 + but, but=but)):
        rate(each, 1 + place % 5)
        Goal.objects.create(
            relationship=each, title="x", status="closed", attainment=place % 3 - 1, created_at=each.started_at
        )
    recompute(programme, at=NOW)

    assert of_units(programme) == (told, RATED - told)


def test_of_five_others_who_have_rated_those_who_wait_for_the_figure_do_not_hide_those_in_it():
    """Ratings are let in by five people: of the last five pairs, who have not agreed, two have rated early, three late."""
    programme = ProgrammeFactory()
    everybody = agreed_but(programme, 11, but=5)
    for each in everybody[:8]:
        rate(each, 4)
    for each in everybody[8:]:
        for days in (3, 4, 5):
            held = meet(each, days)
            SessionRating.objects.create(
                session=held, person=members(each)[0], stars=2, rated_at=NOW - timedelta(days=days)
            )
    recompute(programme, at=NOW)
    assert Score.objects.get(programme=programme, code="SS1").n == 8

    assert of_units(programme) == (set(), {"SS1"})


def test_a_relationship_that_was_a_mistake_is_no_row_and_what_was_said_of_it_only_where_it_counts():
    programme, everybody = crowd(16, agreed=16, say=in_short_form)
    own = in_own_wave(programme)
    for each in everybody:
        tell(own, each, "mentor", a1=5, a2=1)
    Relationship.objects.filter(pk__in=[each.pk for each in everybody[:5]]).update(status="completed", closed_at=NOW)
    Relationship.objects.filter(pk__in=[each.pk for each in everybody[5:10]]).update(status="ended", closed_at=NOW)
    recompute(programme, at=NOW - timedelta(days=7))
    Relationship.objects.filter(pk=everybody[15].pk).update(status="voided", closed_at=NOW)
    recompute(programme, at=NOW)

    files = opened(research_zip(programme, at=NOW))

    rows = {row["relationship"]: row["status"] for row in table(files, "relations.csv")}
    assert sorted(rows.values()) == ["active"] * 5 + ["completed"] * 5 + ["ended"] * 5
    assert {row["unit"] for row in table(files, "indicators.csv") if row["level"] == "R"} == rows.keys()
    said = table(files, "items_wide.csv")
    of_model = [row["relationship"] for row in said if row["form"] == "short"]
    assert (len(of_model), set(of_model)) == (30, rows.keys())
    of_own = [row["relationship"] for row in said if row["form"] != "short"]
    assert (len(of_own), set(of_own)) == (16, rows.keys() | {""})  # its results count whoever answered
    flow = {row["step"]: (row["in the programme"], row["in this file"]) for row in table(files, "flow.csv")}
    assert (flow["relationships"], flow["responses sent"]) == (("15", "15"), ("46", "46"))
    assert "voided (" not in files["codebook.csv"]


def lived(programme, count):
    """So many relationships of which no two have a day in common; every third ended early, every fourth was completed."""
    for place, each in enumerate(pairs(programme, count)):
        start = each.started_at
        first, last, planned = (start + timedelta(days=n) for n in (place % 3, 20 + place, 150 + place))
        how = {"first_contact_at": first, "last_contact_at": last, "planned_end_on": planned.date()}
        if place % 3 == 0:
            how |= {"status": "ended", "close_reason": "no_time" if place % 2 else "poor_fit"}
        elif place % 4 == 0:
            how |= {"status": "completed", "close_reason": "time_over"}
        if "status" in how:
            how["closed_at"] = start + timedelta(days=21 + place)
        Relationship.objects.filter(pk=each.pk).update(**how)
        for person in members(each):
            give_consent(person, Consent.Kind.RESEARCH, at=NOW)
    programme.enrolments.update(applied_at=NOW, seniority=3)
    return list(Relationship.objects.filter(programme=programme))


COLUMNS = ("status", "close_reason", "first_contact_day", "last_contact_day", "closed_day", "planned_end_day")


def known_of(pair):
    """What REST tells of a relationship by name, in the columns of the file."""
    moments = (pair.first_contact_at, pair.last_contact_at, pair.closed_at)
    days = [each and (each - pair.started_at).days for each in moments]
    planned = (pair.planned_end_on - pair.started_at.date()).days
    return dict(zip(COLUMNS, (pair.status, pair.close_reason, *days, planned), strict=True))


def may_be(row, known):
    def fits(told, value):
        if found := re.fullmatch(r"(\d+)-(\d+)", told):
            return value is not None and int(found[1]) <= value <= int(found[2])
        over = known["status"] in ("ended", "completed")
        outcomes = {"over": over, "open": not over, "ended_early": known["status"] == "ended"}
        return told == "*" or told == ("" if value is None else str(value)) or outcomes.get(told, False)

    return all(fits(row[name], value) for name, value in known.items())


def test_who_knows_all_dates_of_a_relationship_by_name_finds_five_that_it_may_be():
    everybody = lived(ProgrammeFactory(), 40)

    files = opened(research_zip(everybody[0].programme, at=NOW))

    rows = {row["relationship"]: row for row in table(files, "relations.csv")}.values()
    found = [sum(may_be(row, known_of(pair)) for row in rows) for pair in everybody]
    assert len(rows) == 40 and min(found) >= 5
    told = json.loads(files["k-report.json"])["relations.csv"]
    assert set(told["quasi_identifiers"]) == set(told["steps_taken"]) == set(COLUMNS)
    assert (told["rows"], told["smallest_class"] >= 5, told["holds"]) == (40, True, True)
    assert {row["status"] for row in rows} == {"active", "completed", "ended"}, "how it ended is what goes last"
    assert all("-" in row["closed_day"] for row in rows if row["status"] == "ended"), "and how long it was before that"


def test_every_step_that_may_be_taken_has_its_name_in_the_report():
    named = {
        **research.STEPS_OF_PEOPLE,
        **research.STEPS_OF_RELATIONS,
        "status of people": research.STEPS_OF_PEOPLE["status"],
    }
    ladders = {**research.QUASI, **research.COURSE, "status of people": research.STANDING["status"]}
    assert {name: len(steps) for name, steps in named.items()} == {
        name: 2 + len(ladder)
        for name, ladder in ladders.items()  # as it is, and for all
    }


def test_the_file_says_of_which_attacks_it_does_not_protect(programme):
    files = opened(research_zip(programme, at=NOW))

    told = json.loads(files["k-report.json"])["does_not_protect_against"]
    assert told == json.loads(files["codebook.json"])["does_not_protect_against"]
    for language, words in (("en", "exact figures of a relationship"), ("fa", "رقم‌های دقیق یک رابطه")):
        assert words in told[language][0] and all(text in files[f"codebook.{language}.md"] for text in told[language])


def test_what_comes_first_stays_as_fine_as_it_can_and_the_rest_gives_way():
    rows = [{"end": "early" if n < 5 else "planned", "day": n, "first": n % 5} for n in range(10)]

    made = in_turn(rows, {"end": [], "day": [lambda n: n // 5], "first": []})

    assert (made.levels, made.smallest, made.classes) == ({"end": 0, "day": 1, "first": 1}, 5, 2)
    few = in_turn(rows[:3], {"end": [], "day": []})
    assert (few.levels, few.smallest, in_turn([], {"end": []}).smallest) == ({"end": 1, "day": 1}, 3, 0)


def test_how_an_enrolment_stands_singles_nobody_out(programme):
    programme.enrolments.filter(pk=programme.enrolments.first().pk).update(status="suspended")

    files = opened(research_zip(programme, at=NOW))

    assert {row["status"] for row in table(files, "people.csv")} == {"*"}
    assert json.loads(files["k-report.json"])["holds"]


def test_two_exports_have_no_pseudonym_in_common_and_no_name_or_date(programme):
    both = [opened(research_zip(programme, at=NOW)) for _ in range(2)]

    def signs(files):
        columns = ("person", "enrolment", "relationship", "response")
        return {row[name] for row in table(files, "items_wide.csv") for name in columns}

    one, other = map(signs, both)
    assert len(one) == len(other) == 10 + 10 + 5 + 10 and not one & other
    said = " ".join(text for name, text in both[0].items() if name.endswith(".csv") and name != "codebook.csv")
    assert not re.search(r"\b2026", said), "a pseudonym begins with a letter, and may have any year inside"
    assert not [p for p in User.objects.all() if p.name in said or p.email in said]


def test_nobody_agreed_is_a_sentence_and_a_job_keeps_only_the_newest_file(programme):
    coordinator = CoordinationFactory(programme=programme).person
    for _ in range(2):
        ask_for_export(programme, by=coordinator, at=NOW)
        run_due()
    assert [row.can_be_had for row in ResearchExport.objects.order_by("pk")] == [False, True]

    Consent.objects.update(withdrawn_at=NOW)
    with pytest.raises(TooFewAgreed):
        research_zip(programme, at=NOW)


def test_columns_are_made_coarser_until_five_share_every_combination():
    rows = [{"years": n, "role": "mentor"} for n in range(10)]

    made = generalise(rows, {"years": [lambda n: n // 5], "role": []})

    assert (made.levels, made.smallest, made.classes) == ({"years": 1, "role": 0}, 5, 2)
    assert generalise(rows[:3], {"years": [], "role": []}).smallest == 3


def kept_file(programme):
    ask_for_export(programme, by=CoordinationFactory(programme=programme).person, at=NOW)
    run_due()
    return ResearchExport.objects.order_by("pk").last()


def test_the_kept_file_goes_when_somebody_in_it_takes_consent_back_or_is_erased(programme, client):
    mentor, mentee = members(programme.relationships.first())
    for go in (lambda: withdraw_consent(mentor, Consent.Kind.RESEARCH, at=timezone.now()), lambda: erase(mentee)):
        give_consent(mentor, Consent.Kind.RESEARCH, at=timezone.now())  # without one of so few there would be no file
        export = kept_file(programme)
        assert export.can_be_had
        go()
        export.refresh_from_db()
        assert (export.can_be_had, bytes(export.data), export.dropped_at is not None) == (False, b"", True)
    client.force_login(programme.coordinators.first())
    page = client.get(f"/programmes/{programme.slug}/research/").content.decode()
    assert "somebody in it took back their consent or left for good" in page


def erase(person):
    erase_person(person, by=person, at=timezone.now())


def test_the_kept_file_stays_when_somebody_goes_who_was_never_in_it(programme):
    stranger, late = pairs(ProgrammeFactory(), 1)[0], pairs(programme, 1)[0]
    export = kept_file(programme)
    for person in (members(stranger)[0], members(late)[0]):
        give_consent(person, Consent.Kind.RESEARCH, at=timezone.now())
        withdraw_consent(person, Consent.Kind.RESEARCH, at=timezone.now())
    export.refresh_from_db()
    assert export.can_be_had
