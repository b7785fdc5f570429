import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import AuditEvent, Belonging, User
from accounts.services import erase_person
from core import jobs
from core.models import Job
from mentoring.planning import services
from mentoring.planning.models import Enrolment, EnrolmentConcept, GroupLabel, ImportRow, PeopleImport, Programme
from mentoring.planning.people_report import bad_rows
from mentoring.planning.services import import_runs, imports
from mentoring.planning.tasks import tidy
from notifications.models import Notification
from tests.factories import NOW, BelongingFactory, CoordinationFactory, EnrolmentFactory, PersonFactory
from tests.planning.browsers import queries_of

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[3] / "shared/data/civil-service-small"
PEOPLE = "name;email;field;skills;capacity;id\nSara;sara@example.org;Biology;thesis planning;۳;S1\nOmid;omid@example.org;;;;S2\n"


@pytest.fixture
def coordinator():
    return CoordinationFactory()


def begin(coordinator, text=PEOPLE, role="mentor", **options) -> PeopleImport:
    people_import = services.begin_import(
        coordinator.programme, role=role, file_name="people.csv", text=text, by=coordinator.person, at=NOW
    )
    services.map_columns(people_import, people_import.mapping)
    if options:
        services.choose_options(people_import, {**people_import.options, **options})
    return people_import


def outcomes(people_import) -> list[tuple[int, str]]:
    return list(people_import.rows.order_by("line").values_list("line", "outcome"))


def do(people_import) -> None:
    services.start_import(people_import, by=people_import.created_by, at=NOW, as_job=False)
    services.run_import(people_import, at=NOW)
    people_import.refresh_from_db()


def test_a_trial_changes_nothing_but_its_report(coordinator):
    before = User.objects.count()

    people_import = begin(coordinator)

    assert outcomes(people_import) == [(2, "new"), (3, "new")]
    assert User.objects.count() == before and not Enrolment.objects.exists()


def test_people_come_in_ready_with_their_answers_and_belong_to_the_institution(coordinator):
    people_import = begin(coordinator)
    do(people_import)

    sara = Enrolment.objects.get(person__email="sara@example.org")
    omid = Enrolment.objects.get(person__email="omid@example.org")
    assert (sara.status, sara.role, sara.field, sara.capacity, sara.free_places) == ("ready", "mentor", "biology", 3, 3)
    assert omid.capacity == coordinator.programme.mentor_capacity
    assert set(sara.concepts.values_list("concept", "kind")) == {("thesis-planning", "offered"), ("biology", "offered")}
    assert not sara.person.has_usable_password()
    assert Belonging.objects.get(person=sara.person).external_id == "S1"
    assert people_import.status == "done"
    news = Notification.objects.get(kind="planning.import_finished")
    assert (news.recipient, news.params["imported"]) == (coordinator.person, 2)
    assert AuditEvent.objects.filter(action="import.finished").exists()


def test_the_same_file_again_changes_nothing_and_a_changed_one_only_what_it_says(coordinator):
    do(begin(coordinator))
    again = begin(coordinator)
    changed = begin(coordinator, PEOPLE.replace("۳", "5").replace("thesis planning", "statistics"))

    assert outcomes(again) == [(2, "same"), (3, "same")]
    with pytest.raises(services.NothingToImport):
        services.start_import(again, by=coordinator.person, at=NOW)
    assert outcomes(changed) == [(2, "changed"), (3, "same")]
    do(changed)

    sara = Enrolment.objects.get(person__email="sara@example.org")
    assert (sara.capacity, sara.free_places) == (5, 5)
    assert EnrolmentConcept.objects.filter(enrolment=sara).count() == 3
    assert User.objects.filter(email__startswith="sara").count() == 1


def test_a_person_may_be_mentor_and_mentee(coordinator):
    do(begin(coordinator))
    do(begin(coordinator, role="mentee"))

    assert User.objects.filter(email="sara@example.org").count() == 1
    assert Enrolment.objects.filter(person__email="sara@example.org").count() == 2


def test_bad_rows_are_listed_with_line_and_reason_and_the_good_ones_come_in(coordinator, sign_in):
    text = (
        PEOPLE
        + "Twin;SARA@example.org;;;;\n;x@example.org;;;;\n=cmd();not an address;;;9999;\nLong;l@example.org;;;;;;x\n"
    )
    people_import = begin(coordinator, text)

    assert [outcome for _line, outcome in outcomes(people_import)] == ["new", "new", "bad", "bad", "bad", "bad"]
    twin = people_import.rows.get(line=4).problems[0]
    assert (twin["code"], twin["first"], twin["column"]) == ("email_twice", 2, "email")
    do(people_import)
    assert Enrolment.objects.count() == 2

    answer = sign_in(coordinator.person).get(f"/imports/{people_import.pk}/bad-rows.csv")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0] == ["line", "name", "email", "field", "skills", "capacity", "id", "reason"]
    assert [row[0] for row in rows[1:]] == ["4", "5", "6", "7"]
    assert rows[3][1] == "'=cmd()"
    assert rows[1][-1] == "This e-mail stands on line 2 already."


def test_an_account_elsewhere_is_asked_first_and_never_overwritten_nor_shown(coordinator, sign_in):
    outsider = PersonFactory(email="sara@example.org", name="Sara N.")
    outsider.set_password("a long enough pass phrase")
    outsider.save()

    do(begin(coordinator))

    outsider.refresh_from_db()
    enrolment = Enrolment.objects.get(person=outsider)
    assert (outsider.name, enrolment.status, enrolment.shown_name) == ("Sara N.", "invited", "sara@example.org")
    assert not Belonging.objects.filter(person=outsider).exists()
    browser = sign_in(coordinator.person)
    people = f"/programmes/{coordinator.programme.slug}/people/"
    for url in (people, enrolment.get_absolute_url()):
        assert "Sara N." not in browser.get(url).content.decode()
    assert len(browser.get(people, {"q": "Sara N"}).context["page_obj"]) == 0
    assert len(browser.get(people, {"q": "sara@"}).context["page_obj"]) == 1


def test_a_number_of_another_person_of_the_institution_is_refused(coordinator):
    BelongingFactory(institution=coordinator.programme.institution, external_id="S1")

    people_import = begin(coordinator)

    assert people_import.rows.get(line=2).problems[-1]["code"] == "external_id_taken"


def test_people_who_are_invited_get_a_letter_each_once(coordinator, run_jobs, mailoutbox):
    people_import = begin(coordinator, ready=False, mails=True)
    services.start_import(people_import, by=coordinator.person, at=NOW)
    run_jobs()
    run_jobs()

    assert set(Enrolment.objects.values_list("status", flat=True)) == {"invited"}
    to = sorted(address for mail in mailoutbox for address in mail.to)
    assert to == ["omid@example.org", "sara@example.org"]


def test_a_job_cut_off_in_the_middle_goes_on_with_the_rest_and_doubles_nothing(coordinator, monkeypatch, run_jobs):
    monkeypatch.setattr(import_runs, "CHUNK", 2)
    lines = "".join(f"Person {n};p{n}@example.org\n" for n in range(5))
    people_import = begin(coordinator, "name;email\n" + lines)
    services.start_import(people_import, by=coordinator.person, at=NOW)

    class Killed(BaseException):
        pass

    def die_after_the_first_chunk(done, total):
        if done:
            raise Killed

    with pytest.raises(Killed):
        services.run_import(people_import, at=NOW, tell=die_after_the_first_chunk)
    assert Enrolment.objects.count() == 2
    run_jobs()

    job = Job.objects.get(key=people_import.job_key)
    people_import.refresh_from_db()
    assert (people_import.status, job.done, job.total) == ("done", 5, 5)
    assert (
        Enrolment.objects.count()
        == User.objects.filter(email__startswith="p").exclude(email__contains="person").count()
        == 5
    )
    assert Notification.objects.filter(kind="planning.import_finished").count() == 1


def test_a_stopped_import_can_go_on(coordinator, run_jobs):
    people_import = begin(coordinator)
    services.start_import(people_import, by=coordinator.person, at=NOW)
    services.cancel_import(people_import, by=coordinator.person, at=NOW)
    run_jobs()
    people_import.refresh_from_db()
    assert (people_import.status, Enrolment.objects.count()) == ("cancelled", 0)

    services.start_import(people_import, by=coordinator.person, at=NOW.replace(hour=10))
    run_jobs()

    people_import.refresh_from_db()
    assert (people_import.status, Enrolment.objects.count()) == ("done", 2)


def test_an_import_is_started_once(coordinator):
    people_import = begin(coordinator)
    services.start_import(people_import, by=coordinator.person, at=NOW)

    with pytest.raises(services.AlreadyImporting):
        services.start_import(people_import, by=coordinator.person, at=NOW)
    with pytest.raises(services.AlreadyImporting):
        services.map_columns(people_import, {})


def test_the_same_file_sent_again_while_it_waits_is_the_same_import(coordinator):
    waiting = begin(coordinator)

    assert begin(coordinator) == waiting
    assert begin(coordinator, role="mentee") != waiting
    assert begin(coordinator, PEOPLE.replace("Omid", "Omid J.")) != waiting
    waiting.refresh_from_db()
    do(waiting)
    assert begin(coordinator) != waiting


LONG = "name;email\n" + "".join(f"P {n};p{n}@example.org\n" for n in (1, 2, 3, 2, 5))


@pytest.fixture
def long_file(coordinator, monkeypatch) -> PeopleImport:
    """Five lines, of which two are tried at a time; the fourth is the second once more. Its trial waits to be run."""
    monkeypatch.setattr(imports, "CHUNK", 2)
    return begin(coordinator, LONG)


def test_a_long_file_is_tried_as_a_job_with_the_same_report(coordinator, long_file, run_jobs):
    assert (long_file.status, outcomes(long_file)) == ("mapping", [])

    run_jobs()

    long_file.refresh_from_db()
    assert long_file.status == "checked"
    assert outcomes(long_file) == [(2, "new"), (3, "new"), (4, "new"), (5, "bad"), (6, "new")]
    services.choose_options(long_file, {**long_file.options, "field_as_concept": False})
    assert long_file.status == "mapping"
    run_jobs()
    assert len(outcomes(long_file)) == 5


def test_a_trial_cut_off_in_the_middle_begins_anew(long_file, monkeypatch, run_jobs):
    def die_after_the_first_chunk(done, total):
        if done:
            raise RuntimeError

    monkeypatch.setattr(imports, "report_progress", die_after_the_first_chunk)
    run_jobs()
    assert outcomes(long_file) == [(2, "new"), (3, "new")]

    monkeypatch.undo()
    Job.objects.update(due_at=NOW)
    run_jobs()

    assert len(outcomes(long_file)) == 5


def test_columns_mapped_otherwise_in_a_second_tab_stop_the_first_trial(long_file, run_jobs):
    first = long_file.job_key

    services.map_columns(long_file, {"name": "email", "email": "name"})
    run_jobs()

    assert Job.objects.get(key=first).error == "cancelled"
    assert set(outcomes(long_file)) == {(line, "bad") for line in range(2, 7)}


def test_the_page_of_a_trial_renews_itself_and_then_shows_the_report(coordinator, sign_in, long_file, run_jobs):
    browser, url = sign_in(coordinator.person), f"/imports/{long_file.pk}/check/"
    Job.objects.update(done=2, total=5)

    page = browser.get(url).content.decode()
    part = browser.get(url, headers={"HX-Request": "true"}).content.decode()
    assert 'http-equiv="refresh"' in page and "2 of 5" in page
    assert "<html" not in part and "every 1s" in part
    run_jobs()

    assert browser.get(url, headers={"HX-Request": "true"})["HX-Refresh"] == "true"
    assert browser.get(url).context["counts"]["new"] == 4


def test_a_trial_that_broke_off_leads_back_to_the_columns(coordinator, sign_in, long_file):
    browser, columns_page = sign_in(coordinator.person), f"/imports/{long_file.pk}/map/"
    Job.objects.update(failed_at=NOW, error="broken")

    assert browser.get(f"/imports/{long_file.pk}/check/", headers={"HX-Request": "true"})["HX-Redirect"] == columns_page
    assert "The trial stopped by itself" in browser.get(f"/imports/{long_file.pk}/check/", follow=True).content.decode()


@pytest.mark.once
def test_a_trial_costs_the_same_number_of_queries_however_many_rows_it_has(coordinator):
    def cost(n: int) -> int:
        people_import = begin(
            coordinator, "name;email;id\n" + "".join(f"P {k};p{k}@example.org;S{k}\n" for k in range(n))
        )
        with CaptureQueriesContext(connection) as caught:
            services.map_columns(people_import, people_import.mapping)
        return len(caught)

    assert cost(3) == cost(120)


@pytest.mark.once
def test_a_chunk_costs_the_same_number_of_queries_however_many_rows_it_has(coordinator, django_assert_max_num_queries):
    text = "name;email\n" + "".join(f"P {n};p{n}@example.org\n" for n in range(150))
    people_import = begin(coordinator, text)

    with django_assert_max_num_queries(45):
        services.run_import(people_import, at=NOW)

    assert Enrolment.objects.count() == 150


# The four pages


def upload(browser, programme, content: bytes, role="mentor", **more):
    file = SimpleUploadedFile("people.csv", content)
    return browser.post(
        f"/programmes/{programme.slug}/people/import/", {"role": role, "file": file, "encoding": "utf-8", **more}
    )


def columns(people_import, **changes) -> dict[str, str]:
    data = {f"column_{n}": people_import.mapping[name] for n, name in enumerate(people_import.columns)}
    return {**data, **changes}


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
@pytest.mark.parametrize("role", ["mentor", "mentee"])
def test_a_real_file_comes_in_from_its_own_headers_with_choices_that_are_used_again(
    coordinator, sign_in, run_jobs, role
):
    browser = sign_in(coordinator.person)
    content = (DATA / f"{role}s.csv").read_bytes()

    mapping_page = upload(browser, coordinator.programme, content, role).url
    people_import = PeopleImport.objects.get()
    assert {people_import.mapping[name] for name in people_import.columns if "ident" in name or "charact" in name} == {
        ""
    }
    checked = browser.post(mapping_page, columns(people_import, save_as="Civil service"))
    page = browser.get(checked.url)
    assert page.context["counts"]["new"] == 50 and page.context["counts"]["bad"] == 0
    started = browser.post(checked.url, {"ready": "on", "field_as_concept": "on", "do": "import"})
    run_jobs()

    assert browser.get(started.url).context["import"].status == "done"
    assert Enrolment.objects.ready().filter(role=role).exclude(field="").count() == 50
    assert EnrolmentConcept.objects.count() == 50
    again = upload(browser, coordinator.programme, content, role).url
    saved = coordinator.programme.import_mappings.get()
    offered = browser.get(f"{again}?saved={saved.pk}")
    assert [field.value() for field, _samples in offered.context["form"].columns] == [
        saved.columns[name] for name in people_import.columns
    ]
    services.map_columns(PeopleImport.objects.last(), saved.columns)
    assert not PeopleImport.objects.last().rows.exclude(outcome="same").exists()


def test_a_file_with_the_columns_of_kept_choices_is_mapped_by_itself(coordinator):
    kept = {"name": "", "email": "email", "field": "headline", "skills": "", "capacity": "", "id": "name"}
    services.save_mapping(coordinator.programme, "older", dict.fromkeys(kept, ""))
    services.save_mapping(coordinator.programme, "ours", kept)

    assert begin(coordinator).mapping == kept
    assert begin(coordinator, PEOPLE.replace("capacity", "places")).mapping["places"] == "capacity"


def test_who_is_erased_is_taken_out_of_the_files_that_brought_them_and_the_others_stay(coordinator):
    people = 'name;email;id;goals\nSara;sara@example.org;S1;"To write\nand read"\nOmid;omid@example.org;S2;\nX;x@;;'
    people_import = begin(coordinator, people)
    do(people_import)

    erase_person(User.objects.get(email="sara@example.org"), by=None, at=NOW)

    people_import.refresh_from_db()
    assert people_import.text == "name;email;id;goals\n\n\nOmid;omid@example.org;S2;\nX;x@;;"
    rows = {row.line: row for row in people_import.rows.all()}
    assert (rows[2].values, rows[2].problems, rows[4].values["external_id"]) == ({}, [], "S2")
    assert bad_rows(imports.table_of(people_import.text), {5: rows[5]}).count("x@") == 2
    erase_person(User.objects.get(email="omid@example.org"), by=None, at=NOW)
    assert PeopleImport.objects.get().text.strip().endswith("X;x@;;")


def test_an_unusable_file_is_refused_beside_the_field_in_the_readers_language(coordinator, sign_in):
    browser = sign_in(coordinator.person)

    answer = upload(browser, coordinator.programme, "نام,ايميل".encode("utf-16"))

    assert "UTF-16" in answer.context["form"].errors["file"][0]
    assert not PeopleImport.objects.exists()


def test_two_columns_cannot_hold_the_same_and_the_address_is_needed(coordinator, sign_in):
    people_import = begin(coordinator)
    url = f"/imports/{people_import.pk}/map/"

    answer = sign_in(coordinator.person).post(
        url, columns(people_import, column_0="skills", column_1="", save_as="Kept")
    )

    form = answer.context["form"]
    assert "column_3" in form.errors and len(form.non_field_errors()) == 2
    assert form["save_as"].value() == "Kept"


def test_the_progress_page_renews_itself_with_and_without_javascript(coordinator, sign_in):
    browser = sign_in(coordinator.person)
    people_import = begin(coordinator)
    services.start_import(people_import, by=coordinator.person, at=NOW)
    Job.objects.filter(key=people_import.job_key).update(done=1, total=2)

    page = browser.get(f"/imports/{people_import.pk}/").content.decode()
    part = browser.get(f"/imports/{people_import.pk}/", headers={"HX-Request": "true"}).content.decode()

    assert 'http-equiv="refresh"' in page and "1 of 2" in page
    assert part.lstrip().startswith("<div") and "every 1s" in part
    services.run_import(people_import, at=NOW)
    over = browser.get(f"/imports/{people_import.pk}/", headers={"HX-Request": "true"})
    assert over["HX-Refresh"] == "true"


def test_an_import_exists_for_the_coordinators_of_its_programme_only(coordinator, sign_in):
    people_import = begin(coordinator)
    mentee = EnrolmentFactory(programme=coordinator.programme).person
    administrator = BelongingFactory(institution=coordinator.programme.institution, administrator=True).person

    for path in ("", "map/", "check/", "bad-rows.csv"):
        for person in (mentee, administrator, CoordinationFactory().person, PersonFactory()):
            assert sign_in(person).get(f"/imports/{people_import.pk}/{path}").status_code == 404
    foreign = sign_in(mentee).get(f"/imports/{people_import.pk}/")
    missing = sign_in(mentee).get("/imports/999999/")
    assert foreign.content == missing.content


@pytest.mark.once
def test_the_trial_is_read_with_the_same_number_of_queries_for_1_and_3_rows(coordinator, sign_in):
    browser = sign_in(coordinator.person)
    one = begin(coordinator, "name;email\nA;a@example.org\n")
    three = begin(coordinator, "name;email\nA;a@example.org\nB;b@example.org\nC;c@example.org\n")

    assert queries_of(browser, f"/imports/{one.pk}/check/") == queries_of(browser, f"/imports/{three.pk}/check/")


def test_job_rows_that_are_left_by_a_dead_worker_are_found_by_the_sweep(coordinator):
    people_import = begin(coordinator)
    services.start_import(people_import, by=coordinator.person, at=NOW)
    Job.objects.update(lease_until=F("due_at"), attempts=1)

    jobs.run_due()

    people_import.refresh_from_db()
    assert people_import.status == "done"
    assert not people_import.rows.exclude(outcome=ImportRow.Outcome.DONE).exists()


QUESTION = "First to study?"
GROUPED = f"name;email;{QUESTION};Scholarship\nSara;sara@example.org;YES;State\nOmid;omid@example.org;perhaps;\n"


def grouped(coordinator, text=GROUPED) -> PeopleImport:
    people_import = services.begin_import(
        coordinator.programme, role="mentee", file_name="people.csv", text=text, by=coordinator.person, at=NOW
    )
    services.map_columns(people_import, {**people_import.mapping, "Scholarship": "group"})
    return people_import


def test_columns_of_named_groups_come_in_and_change_as_the_programme_asks_them(coordinator):
    coordinator.programme.asked = {"groups": {QUESTION: ["Yes", "No"]}}
    coordinator.programme.save()

    first = grouped(coordinator)
    do(first)

    labels = GroupLabel.objects.order_by("enrolment__person__name", "group").values_list(
        "enrolment__person__name", "group", "label"
    )
    assert list(labels) == [("Sara", QUESTION, "Yes"), ("Sara", "Scholarship", "State")]
    problems = first.rows.get(line=3).problems
    assert [(problem["code"], problem["value"]) for problem in problems] == [("answer_unknown", "perhaps")]

    assert outcomes(grouped(coordinator)) == [(2, "same"), (3, "same")]
    do(grouped(coordinator, GROUPED.replace("State", "Private").replace("perhaps", "no")))

    assert list(labels.all()) == [
        ("Omid", QUESTION, "No"),
        ("Sara", QUESTION, "Yes"),
        ("Sara", "Scholarship", "Private"),
    ]


BAD_LINE = "name;email\nSara;sara@example.org\nNobody;no-address\n"
OVER = NOW + timedelta(days=30)


def done_at(people_import, moment) -> PeopleImport:
    do(people_import)
    PeopleImport.objects.filter(pk=people_import.pk).update(finished_at=moment)
    people_import.refresh_from_db()
    return people_import


def test_the_lines_of_a_file_are_erased_when_its_days_are_over_and_only_how_many_there_were_stays(coordinator):
    people_import = done_at(begin(coordinator, BAD_LINE), NOW)

    assert services.empty_files(at=OVER - timedelta(minutes=1)) == 0
    assert people_import.kept_until == OVER and services.empty_files(at=OVER) == 1

    people_import.refresh_from_db()
    assert (people_import.text, people_import.mapping, people_import.emptied_at) == ("", {}, OVER)
    assert list(people_import.rows.order_by("line").values_list("outcome", "values", "problems")) == [
        ("done", {}, []),
        ("bad", {}, []),
    ]
    assert Enrolment.objects.get().person.name == "Sara"
    assert services.empty_files(at=OVER) == 0


def test_a_programme_says_for_how_many_days_its_lists_are_kept(coordinator):
    Programme.objects.filter(pk=coordinator.programme_id).update(import_days=7)
    other = CoordinationFactory()
    short, usual = (done_at(begin(each, BAD_LINE), NOW) for each in (coordinator, other))

    services.empty_files(at=NOW + timedelta(days=7))

    assert list(PeopleImport.objects.exclude(emptied_at=None)) == [short]
    assert PeopleImport.objects.get(emptied_at=None) == usual


def test_a_file_of_which_nothing_came_is_erased_too_but_none_on_which_a_job_is_at_work(coordinator):
    waiting, at_work = begin(coordinator), begin(coordinator, BAD_LINE)
    services.start_import(at_work, by=coordinator.person, at=NOW)
    PeopleImport.objects.update(created_at=NOW)

    assert services.empty_files(at=OVER) == 1

    waiting.refresh_from_db()
    assert (waiting.status, waiting.emptied_at) == ("cancelled", OVER)
    with pytest.raises(services.LinesErased):
        services.start_import(waiting, by=coordinator.person, at=OVER)
    with pytest.raises(services.AlreadyImporting):
        services.map_columns(waiting, {})
    assert PeopleImport.objects.get(pk=at_work.pk).emptied_at is None


def test_the_page_of_an_erased_file_says_so_and_shows_nobody(coordinator, sign_in):
    people_import = begin(coordinator, BAD_LINE)
    PeopleImport.objects.update(created_at=timezone.now() - timedelta(days=31))
    browser = sign_in(coordinator.person)
    assert "sara@example.org" in browser.get(f"/imports/{people_import.pk}/check/").content.decode()

    tidy()

    for path in ("", "map/", "check/", "bad-rows.csv"):
        page = browser.get(f"/imports/{people_import.pk}/{path}", follow=True).content.decode()
        assert "the lines of this file were erased" in page
        assert "sara@example.org" not in page and "Go on" not in page
    refused = browser.post(f"/imports/{people_import.pk}/resume/", follow=True).content.decode()
    assert "Please send the file anew" in refused


def test_somebody_who_leaves_for_good_leaves_an_erased_file_as_it_is(coordinator):
    people_import = done_at(begin(coordinator, BAD_LINE), NOW)
    services.empty_files(at=OVER)

    erase_person(User.objects.get(email="sara@example.org"), by=coordinator.person, at=OVER)

    assert people_import.rows.count() == 2


def test_the_settings_of_a_programme_say_how_long_lists_are_kept(coordinator, sign_in):
    page = sign_in(coordinator.person).get(f"/programmes/{coordinator.programme.slug}/settings/").content.decode()
    assert "Days that lists of people are kept" in page
