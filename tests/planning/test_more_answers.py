"""What people may add for matching, and what coordinators note: kept, taken back, and seen by nobody else."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from accounts.models import AuditEvent
from mentoring.planning import services
from mentoring.planning.forms.answers import AnswersForm
from mentoring.planning.forms.programmes import GroupsField
from mentoring.planning.models import MORE_QUESTIONS, Conflict, Enrolment, EnrolmentConcept, GroupLabel, UnderReview
from tests.factories import NOW, BelongingFactory, CoordinationFactory, EnrolmentFactory, ProgrammeFactory

pytestmark = pytest.mark.django_db
SAID = {
    "level_fa": "6",
    "level_en": "",
    "kinds": ["skills", "relationships"],
    "channels": ["chat"],
    "forms": ["circle"],
    "interests": ["parent"],
    "style_plan": "4",
    "unit": "Lab 5",
    "manager": "Boss@example.org",
    "close": "sister@example.org, examiner@example.org",
    "gender": "woman",
    "wants_gender": "woman",
    "group_0": "yes",
    "headline": "A student",
    "field": "law",
    "skills": ["statistics"],
    "skills_level_statistics": "6",
}


@pytest.fixture
def mentee():
    asked = {
        "mentee": ["skills"],
        "more_mentee": list(MORE_QUESTIONS),
        "groups": {"First at a university": ["yes", "no"]},
    }
    return EnrolmentFactory(programme=ProgrammeFactory(asked=asked, languages=["fa", "en"]))


def said(mentee: Enrolment, **changes) -> None:
    data = {**SAID, **changes}
    form = AnswersForm(_listed(data), programme=mentee.programme, role=mentee.role, enrolment=mentee, sending=False)
    assert form.is_valid(), form.errors
    services.answer(mentee, form.answers(), at=NOW)


def _listed(data: dict) -> object:
    sent = QueryDict(mutable=True)
    for name, value in data.items():
        sent.setlist(name, value if isinstance(value, list) else [value])
    return sent


def test_what_was_said_is_kept_and_offered_again(mentee):
    said(mentee)
    mentee = Enrolment.objects.get(pk=mentee.pk)

    assert mentee.more.language_levels == {"fa": 6} and mentee.more.kinds == {"skills": 5, "relationships": 5}
    assert (mentee.more.channels, mentee.more.forms) == (["chat"], ["circle"])
    assert (mentee.more.style, mentee.more.unit, mentee.more.wants_gender) == ({"plan": 4}, "Lab 5", "woman")
    assert set(mentee.conflicts.values_list("email", "kind")) == {
        ("boss@example.org", "manager"), ("sister@example.org", "close"), ("examiner@example.org", "close"),
    }  # fmt: skip
    assert list(GroupLabel.objects.values_list("group", "label")) == [("First at a university", "yes")]
    assert list(EnrolmentConcept.objects.values_list("concept", "level", "must")) == [("statistics", 5, True)]
    form = AnswersForm(programme=mentee.programme, role=mentee.role, enrolment=mentee)
    assert form["close"].value() == "examiner@example.org\nsister@example.org"
    assert form["skills"].value() == {"statistics": EnrolmentConcept.MUST} and form["group_0"].value() == "yes"


def test_everything_can_be_taken_back_and_what_a_coordinator_named_stays(mentee):
    said(mentee)
    coordinator = CoordinationFactory(programme=mentee.programme).person
    services.name_conflict(mentee, "Aunt@example.org", Conflict.Kind.CLOSE, by=coordinator, at=NOW)
    said(mentee, close="", manager="", gender="", wants_gender="", group_0="", kinds=[], interests=[])

    assert list(mentee.conflicts.values_list("email", flat=True)) == ["aunt@example.org"]
    assert not GroupLabel.objects.exists()
    mentee = Enrolment.objects.get(pk=mentee.pk)
    assert (mentee.more.gender, mentee.more.kinds, mentee.more.interests) == ("", {}, [])


def test_a_wish_about_gender_is_written_down_each_time_it_changes(mentee):
    for wish in ("woman", "woman", ""):
        said(mentee, wants_gender=wish)
    assert AuditEvent.objects.filter(action="planning.gender_wish").count() == 2


def test_nothing_of_it_is_needed_and_nothing_is_asked_that_the_programme_does_not_ask(mentee):
    mentee.programme.asked = {"mentee": ["skills"]}
    form = AnswersForm(programme=mentee.programme, role=mentee.role)
    assert not form.more and not [section for section in form.sections() if section.is_fold]
    assert not form.fields["skills"].widget.musts


@pytest.mark.parametrize("typed", ["nobody", "a@example.org b@"])
def test_an_address_that_is_none_is_said_beside_the_field(mentee, typed):
    form = AnswersForm(_listed({**SAID, "close": typed}), programme=mentee.programme, role=mentee.role, sending=False)
    assert "is not an e-mail address" in str(form.errors["close"])


def test_coordinators_note_what_must_be_known_and_it_is_in_no_trail_of_an_administrator(mentee, sign_in):
    coordinator = CoordinationFactory(programme=mentee.programme).person
    administrator = BelongingFactory(institution=mentee.programme.institution, administrator=True).person
    client = sign_in(coordinator)
    for verb in ("hold_back", "clear"):
        client.post(reverse("enrolment_care", args=[mentee.pk, verb]))
    client.post(
        reverse("enrolment_care", args=[mentee.pk, "name_conflict"]), {"email": "x@example.org", "kind": "close"}
    )
    page = client.get(mentee.get_absolute_url()).content.decode()

    assert "Nobody is matched with this person just now" in page and "x@example.org" in page
    mentee.refresh_from_db()
    assert mentee.cleared_at and UnderReview.objects.get().by == coordinator
    seen = set(AuditEvent.objects.visible_to(administrator).values_list("action", flat=True))
    assert not seen & {"planning.held_back", "planning.conflict_named"} and "planning.cleared" in seen
    assert "held back" not in sign_in(mentee.person).get(mentee.get_absolute_url()).content.decode()

    sign_in(coordinator).post(reverse("enrolment_care", args=[mentee.pk, "let_go"]))
    assert not UnderReview.objects.exists()


def test_a_conflict_with_oneself_is_refused(mentee):
    with pytest.raises(services.OneselfNamed):
        services.name_conflict(mentee, mentee.person.email.upper(), "close", by=mentee.person, at=NOW)


def test_named_groups_are_written_line_by_line():
    field = GroupsField(required=False)
    assert field.clean("Region: north, south\n\nخانواده: بله، خیر") == {
        "Region": ["north", "south"],
        "خانواده": ["بله", "خیر"],
    }
    assert field.prepare_value({"Region": ["north", "south"]}) == "Region: north, south"
    with pytest.raises(Exception, match="Write each line"):
        field.clean("Region: north")
