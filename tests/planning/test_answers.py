import pytest
from django.http import QueryDict
from django.utils.translation import override

from mentoring.planning import services
from mentoring.planning.concepts import concepts
from mentoring.planning.forms.answers import AnswersForm
from mentoring.planning.forms.pickers import MOST_CONCEPTS, weekdays
from mentoring.planning.models import Availability, Enrolment, Never, Wish
from mentoring.planning.queries import counterparts
from tests.factories import LONG_OPEN, CoordinationFactory, EnrolmentFactory, PersonFactory, ProgrammeFactory
from tests.planning.browsers import queries_of

pytestmark = pytest.mark.django_db

ANSWERS = {
    "headline": "Third year, biology",
    "field": "biology",
    "languages": ["fa", "en"],
    "skills": ["time-management", "statistics"],
    "skills_level_statistics": "5",
    "goals": "To find my way.",
    "availability_day": ["5", "5", "0", "2"],
    "availability_from": ["10:00", "11:30", "۱۸:۰۰", ""],
    "availability_to": ["12:00", "13:00", "۱۹:۳۰", ""],
    "capacity": "۲",
    "motivation": "Because.",
    "contacts_wanted": "۴",
}


def posted(**changes) -> QueryDict:
    data = QueryDict(mutable=True)
    for name, value in {**ANSWERS, **changes}.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return data


def form(role="mentor", programme=None, sending=True, **changes) -> AnswersForm:
    return AnswersForm(posted(**changes), programme=programme or ProgrammeFactory(), role=role, sending=sending)


def test_an_application_is_read_whole():
    filled = form()

    assert filled.is_valid(), filled.errors
    assert filled.answers() | {"goals": "", "motivation": ""} == {
        "headline": "Third year, biology",
        "organisation": "",
        "field": "biology",
        "seniority": None,
        "languages": ["fa", "en"],
        "skills": {"time-management": 3, "statistics": 5},
        "goals": "",
        "availability": [(0, 1080, 1170), (5, 600, 780)],
        "contacts_wanted": 4,
        "capacity": 2,
        "motivation": "",
    }


def test_only_what_the_programme_asks_is_asked():
    programme = ProgrammeFactory(asked={"mentee": ["skills"], "mentor": ["capacity", "availability"]})

    assert set(form("mentee", programme).fields) == {"headline", "organisation", "field", "skills", "contacts_wanted"}
    assert {"capacity", "availability", "seniority"} <= set(form("mentor", programme).fields)


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("headline", {"headline": " "}),
        ("field", {"field": "alchemy"}),
        ("skills", {"skills": []}),
        ("skills", {"skills": ["alchemy"]}),
        ("skills", {"skills": [row.slug for row in concepts()[: MOST_CONCEPTS + 1]]}),
        ("skills", {"skills_level_statistics": "9"}),
        ("availability", {"availability_from": ["", "", "", ""], "availability_to": ["", "", "", ""]}),
        ("availability", {"availability_from": ["14:00", "", "", ""]}),
        ("availability", {"availability_from": ["25:00", "", "", ""]}),
        ("availability", {"availability_day": ["9", "5", "0", "2"]}),
        ("capacity", {"capacity": "lots"}),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(field, changes):
    assert list(form(**changes).errors) == [field]


def test_a_draft_may_have_gaps():
    assert form(sending=False, headline="", skills=[], goals="").is_valid()


def test_the_week_begins_on_saturday_in_persian():
    with override("fa"):
        assert weekdays()[0][0] == 5
    assert weekdays()[0][0] == 0


def test_what_was_typed_comes_back_with_the_mistake(sign_in):
    programme = ProgrammeFactory(ends_on=LONG_OPEN)
    data = {**ANSWERS, "headline": "", "do": "send"}

    page = sign_in(PersonFactory()).post(f"/programmes/{programme.slug}/apply/mentee/", data).content.decode()

    assert "To find my way." in page
    assert 'value="statistics" checked' in page
    assert '<option value="18:00"' in page or '<option value="۱۸:۰۰"' in page
    assert not Enrolment.objects.exists()


def test_a_draft_is_kept_and_sent_later(sign_in):
    programme = ProgrammeFactory(ends_on=LONG_OPEN)
    CoordinationFactory(programme=programme)
    browser = sign_in(PersonFactory())
    url = f"/programmes/{programme.slug}/apply/mentee/"

    browser.post(url, {"headline": "Half", "do": "save"})
    mine = Enrolment.objects.get()
    assert (mine.status, mine.headline) == ("registered", "Half")
    assert 'value="Half"' in browser.get(url).content.decode()
    sent = browser.post(url, {**ANSWERS, "do": "send"})

    mine.refresh_from_db()
    assert (sent.url, mine.status, mine.goals) == (mine.get_absolute_url(), "applied", "To find my way.")
    assert set(mine.concepts.values_list("concept", "kind", "level")) == {
        ("statistics", "wanted", 5),
        ("time-management", "wanted", 3),
    }
    assert Availability.objects.filter(person=mine.person).count() == 2
    assert browser.get(url).url == mine.get_absolute_url()


def test_answers_are_changed_later_and_nothing_is_doubled(sign_in):
    mine = EnrolmentFactory(mentor=True)
    url = f"/enrolments/{mine.pk}/edit/"

    for _ in range(2):
        assert sign_in(mine.person).post(url, ANSWERS).url == mine.get_absolute_url()

    assert (mine.concepts.count(), Availability.objects.count()) == (2, 2)
    assert sign_in(CoordinationFactory(programme=mine.programme).person).get(url).status_code == 404


# Wishes


def test_up_to_five_wishes_in_order():
    mine = EnrolmentFactory()
    mentors = [EnrolmentFactory(programme=mine.programme, mentor=True) for _ in range(6)]
    for mentor in mentors[:5]:
        services.wish(mine, mentor.pk)

    with pytest.raises(services.EnoughWishes):
        services.wish(mine, mentors[5].pk)
    services.raise_wish(mine, mentors[1].pk)
    services.drop_wish(mine, mentors[2].pk)
    services.wish(mine, mentors[1].pk)

    ranked = list(Wish.objects.order_by("rank").values_list("rank", "wished"))
    assert ranked == list(enumerate([mentors[n].pk for n in (1, 0, 3, 4)], start=1))


def test_only_ready_people_of_the_other_role_in_the_same_programme_can_be_wished():
    mine = EnrolmentFactory()
    EnrolmentFactory(programme=mine.programme)
    EnrolmentFactory(programme=mine.programme, mentor=True, status="applied")
    EnrolmentFactory(programme=mine.programme, mentor=True, person=mine.person)
    foreign = EnrolmentFactory(mentor=True)

    assert list(counterparts(mine)) == []
    with pytest.raises(Enrolment.DoesNotExist):
        services.wish(mine, foreign.pk)


def test_a_never_hides_a_person_from_me_and_nothing_from_them():
    mine = EnrolmentFactory()
    mentor = EnrolmentFactory(programme=mine.programme, mentor=True)
    services.wish(mine, mentor.pk)

    services.never(mine, mentor.pk, by=mine.person)

    assert not Wish.objects.exists()
    assert list(counterparts(mine)) == []
    assert list(counterparts(mentor)) == [mine]
    services.take_back_never(mine, mentor.pk, by=mine.person)
    assert not Never.objects.exists()


def test_the_page_of_wishes_is_ones_own_and_costs_the_same_for_1_and_3_people(sign_in):
    mine = EnrolmentFactory()
    url = f"/enrolments/{mine.pk}/wishes/"
    browser = sign_in(mine.person)
    mentor = EnrolmentFactory(programme=mine.programme, mentor=True, person__name="Sara Ahmadi")
    one = queries_of(browser, url)
    for _ in range(2):
        EnrolmentFactory(programme=mine.programme, mentor=True)

    assert queries_of(browser, url) == one
    browser.post(f"{url}wish/{mentor.pk}/")
    assert Wish.objects.get().wished == mentor
    assert "Sara Ahmadi" in browser.get(url, {"q": "sara"}).content.decode()
    for person in (mentor.person, CoordinationFactory(programme=mine.programme).person, PersonFactory()):
        assert sign_in(person).get(url).status_code == 404
    assert browser.post(f"{url}wish/{EnrolmentFactory(mentor=True).pk}/").status_code == 404
