from datetime import date, timedelta

import pytest

from accounts.models import AuditEvent
from mentoring.planning import services
from mentoring.planning.catalogue import template, templates
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.signals import programme_created
from tests.factories import (
    NOW,
    BelongingFactory,
    CoordinationFactory,
    EnrolmentFactory,
    InstitutionFactory,
    PersonFactory,
)

pytestmark = pytest.mark.django_db
STARTS = date(2027, 2, 1)


def create(slug="thesis", **fields):
    usual = {
        "name_en": "Thesis spring",
        "name_fa": "پایان‌نامهٔ بهار",
        "starts_on": STARTS,
        "by": PersonFactory(),
        "at": NOW,
    }
    return services.create_programme(InstitutionFactory(), template(slug), **{**usual, **fields})


@pytest.mark.parametrize("slug", [row.slug for row in templates()])
def test_a_programme_takes_its_plan_from_the_template(slug):
    told = []
    receiver = lambda sender, programme, template, **_: told.append((programme.slug, template.slug))  # noqa: E731
    programme_created.connect(receiver)

    programme = create(slug)

    programme_created.disconnect(receiver)
    chosen = template(slug)
    assert told == [(programme.slug, slug)]
    assert programme.status == Programme.Status.DRAFT
    assert programme.ends_on - STARTS == timedelta(weeks=chosen.weeks)
    assert programme.milestones.count() == len(chosen.milestones)
    assert programme.asks("mentor") == chosen.mentor_asks
    assert programme.needs_training("mentee")
    assert programme.agreement_fa == chosen.agreement.text("fa")
    assert list(programme.coordinators.all()) == [programme.created_by]


def test_two_programmes_of_one_name_get_different_addresses():
    assert {create().slug, create().slug, create().slug} == {
        "thesis-spring-2027",
        "thesis-spring-2027-2",
        "thesis-spring-2027-3",
    }


def test_a_programme_opens_starts_and_closes_in_this_order_with_a_trace():
    programme = create()
    by = programme.created_by
    ready = EnrolmentFactory(programme=programme)
    waiting = EnrolmentFactory(programme=programme, status=Enrolment.Status.APPLIED)

    with pytest.raises(services.ProgrammeNotThere):
        services.move_programme(programme, "close", by=by, at=NOW)
    for verb in ("open", "start", "close"):
        services.move_programme(programme, verb, by=by, at=NOW)

    actions = list(AuditEvent.objects.order_by("seq").values_list("action", flat=True))
    assert [one for one in actions if one.startswith("programme.")] == [
        "programme.created",
        "programme.open",
        "programme.running",
        "programme.closed",
    ]
    ready.refresh_from_db()
    waiting.refresh_from_db()
    assert (ready.status, waiting.status) == (Enrolment.Status.COMPLETED, Enrolment.Status.DEACTIVATED)


def test_the_last_coordinator_stays():
    programme = create()
    other = BelongingFactory(institution=programme.institution).person
    services.add_coordinator(programme, other, by=programme.created_by, at=NOW)

    services.remove_coordinator(programme, other, by=programme.created_by, at=NOW)
    with pytest.raises(services.LastCoordinator):
        services.remove_coordinator(programme, programme.created_by, by=other, at=NOW)


def settings_data(programme, **changes):
    """What the settings page would send unchanged, but for `changes`."""
    plain = (
        "name_en",
        "name_fa",
        "summary_en",
        "summary_fa",
        "format",
        "rhythm_days",
        "session_minutes",
        "mentor_capacity",
        "matched_by",
        "request_days",
        "files_megabytes",
        "words_months",
        "import_days",
        "calls_by",
    )
    data = {name: getattr(programme, name) for name in (*plain, "agreement_en", "agreement_fa")}
    data |= {
        "starts_on": programme.starts_on.isoformat(),
        "ends_on": programme.ends_on.isoformat(),
        "languages": ["en"],
    }
    data |= {f"asks_{role}": list(programme.asks(role)) for role in ("mentor", "mentee")}
    return {**data, **changes}


def test_settings_accept_persian_digits_and_jalali_days_and_keep_what_was_typed_when_wrong(sign_in):
    programme = create(by=PersonFactory(persian=True))
    browser = sign_in(programme.created_by)
    url = f"/programmes/{programme.slug}/settings/"

    wrong = browser.post(url, settings_data(programme, ends_on="۱۴۰۵/۰۱/۰۱", name_en="Changed"))
    assert "Changed" in wrong.content.decode() and "ends_on" in wrong.context["form"].errors
    good = browser.post(url, settings_data(programme, starts_on="۱۴۰۵/۱۱/۱۲", rhythm_days="۱۰", asks_mentee=["goals"]))

    programme.refresh_from_db()
    assert good.status_code == 302
    assert (programme.starts_on, programme.rhythm_days) == (date(2027, 2, 1), 10)
    assert programme.asks("mentee") == ("goals",)
    assert programme.needs_training("mentee")


def test_every_setting_is_drawn_and_of_two_tabs_the_second_hears_of_the_first_and_keeps_its_words(sign_in):
    programme = create()
    browser = sign_in(programme.created_by)
    url = f"/programmes/{programme.slug}/settings/"
    form = browser.get(url).context["form"]
    assert {field.name for _, fields in form.sections() for field in fields} == form.fields.keys() - {"as_read"}
    as_read = form["as_read"].value()

    first = browser.post(url, settings_data(programme, name_en="From the first tab", as_read=as_read))
    second = browser.post(url, settings_data(programme, name_en="From the second tab", as_read=as_read))
    programme.refresh_from_db()
    assert (first.status_code, second.status_code, programme.name_en) == (302, 200, "From the first tab")
    kept = second.context["form"]
    assert kept["name_en"].value() == "From the second tab" and kept.errors.keys() == {"__all__"}

    again = browser.post(url, settings_data(programme, name_en="From the second tab", as_read=kept["as_read"].value()))
    programme.refresh_from_db()
    assert (again.status_code, programme.name_en) == (302, "From the second tab")


def test_only_people_of_the_institution_become_coordinators(sign_in):
    programme = create()
    browser = sign_in(programme.created_by)
    colleague, stranger = BelongingFactory(institution=programme.institution).person, PersonFactory()
    url = f"/programmes/{programme.slug}/coordinators/"

    unknown = browser.post(url, {"email": "nobody@example.org"})
    foreign = browser.post(url, {"email": stranger.email})
    browser.post(url, {"email": colleague.email.upper()})

    assert unknown.context["coordinator_form"].errors == foreign.context["coordinator_form"].errors
    assert set(programme.coordinators.all()) == {programme.created_by, colleague}


def test_a_milestone_is_added_ticked_and_unticked(sign_in):
    programme = create()
    browser = sign_in(programme.created_by)
    base = f"/programmes/{programme.slug}/milestones/"
    browser.post(base, {"title": "Half time", "due_on": "2027-04-01"})
    stone = programme.milestones.get(title_en="Half time")

    for _double_click in range(2):
        browser.post(f"{base}{stone.pk}/", {"met": "1"})
    stone.refresh_from_db()
    assert stone.met_by == programme.created_by
    browser.post(f"{base}{stone.pk}/", {"met": "0"})
    stone.refresh_from_db()
    assert stone.met_at is None


def test_a_programme_is_begun_on_a_page_by_administrators_and_coordinators_only(sign_in):
    administrator = BelongingFactory(administrator=True)
    coordinator = CoordinationFactory().person
    data = {
        "template": "peer-circle",
        "institution": administrator.institution.pk,
        "name_en": "Circles",
        "starts_on": "2027-02-01",
    }

    assert sign_in(PersonFactory()).get("/programmes/new/").status_code == 403
    assert sign_in(coordinator).get("/programmes/new/").status_code == 200
    foreign = sign_in(coordinator).post("/programmes/new/", data)
    assert "institution" in foreign.context["form"].errors
    answer = sign_in(administrator.person).post("/programmes/new/", data)

    assert answer.url == "/programmes/circles-2027/settings/"
    assert Programme.objects.get(slug="circles-2027").format == "circle"
