import re
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.contrib import admin
from django.contrib.admin.helpers import AdminForm
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import flatten_fieldsets, label_for_field
from django.db import models
from django.forms import ModelForm
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.services import invite, make_api_key, record
from mentoring.planning.models import Milestone
from notifications.models import Mail
from tests.factories import NOW, BelongingFactory, PersonFactory, ProgrammeFactory, SessionFactory
from tests.languages import BOTH


@pytest.fixture
def operator(db):
    return PersonFactory(is_staff=True, is_superuser=True)


@pytest.mark.parametrize("language", BOTH)
@pytest.mark.parametrize(
    "model",
    ["accounts_user", "accounts_institution", "accounts_consent", "accounts_invitation", "accounts_apikey",
     "accounts_auditevent", "notifications_notification", "notifications_mail"],
)  # fmt: skip
def test_operators_see_every_list_in_both_languages(operator, sign_in, language, model):
    operator.language = language
    operator.save()
    place = BelongingFactory().institution
    invite(place, email="new@example.org", role="member", by=operator, at=NOW)
    make_api_key(place, name="SIS", scopes=["people:read"], by=operator, at=NOW)
    Mail.objects.create(to="new@example.org", kind="x", key="x", subject="x", body_text="x", created_at=NOW)
    page = sign_in(operator).get(reverse(f"admin:{model}_changelist"), {"q": "new"})
    assert page.status_code == 200
    assert f'lang="{language}"' in page.content.decode()


def test_an_operator_makes_and_changes_a_person(operator, sign_in):
    client, password = sign_in(operator), "blue heron over wet roofs"
    form = {
        "email": "new@example.org",
        "name": "N",
        "usable_password": "true",
        "password1": password,
        "password2": password,
    }
    inline = {f"belongings-{key}": 0 for key in ("TOTAL_FORMS", "INITIAL_FORMS")}
    response = client.post(reverse("admin:accounts_user_add"), {**form, **inline})
    person = User.objects.get(email="new@example.org")
    assert response.status_code == 302 and person.check_password(password)
    assert client.get(reverse("admin:accounts_user_change", args=[person.pk])).status_code == 200


def test_nobody_touches_the_audit_trail(operator, sign_in):
    event = record("test.done", by=operator, at=NOW)
    client = sign_in(operator)
    assert client.get(reverse("admin:accounts_auditevent_add")).status_code == 403
    assert client.post(reverse("admin:accounts_auditevent_delete", args=[event.pk])).status_code == 403
    page = client.get(reverse("admin:accounts_auditevent_change", args=[event.pk]))
    assert page.status_code == 200 and 'name="_save"' not in page.content.decode()


def test_secrets_are_not_shown_to_operators(operator, sign_in):
    place = BelongingFactory().institution
    key, _token = make_api_key(place, name="SIS", scopes=["people:read"], by=operator, at=NOW)
    page = sign_in(operator).get(reverse("admin:accounts_apikey_change", args=[key.pk]))
    assert key.key_hash not in page.content.decode()


def test_what_a_session_is_about_is_not_shown_to_operators(operator, sign_in):
    session = SessionFactory(topic="A quarrel with my supervisor")
    page = sign_in(operator).get(reverse("admin:relationships_session_change", args=[session.pk]))
    assert page.status_code == 200 and session.topic not in page.content.decode()


def test_operators_come_in_by_the_same_door_and_others_not_at_all(db, sign_in):
    assert Client().get(reverse("admin:index"), follow=True).request["PATH_INFO"] == reverse("account_login")
    assert sign_in(PersonFactory()).get(reverse("admin:index"), follow=True).status_code == 403


def words_of_a_form(options, request: HttpRequest, form: type[ModelForm], row: models.Model | None) -> Iterator[object]:
    """Every heading, label, explanation and choice of a form as the admin draws it; rows of other tables are no choices."""
    fieldsets = options.get_fieldsets(request, row)
    readonly = options.get_readonly_fields(request, row)
    if row and not options.has_change_permission(request, row):
        readonly = flatten_fieldsets(fieldsets)
    for fieldset in AdminForm(form(instance=row), fieldsets, {}, readonly, model_admin=options):
        yield fieldset.name
        for shown in (shown.field for line in fieldset for shown in line):
            if isinstance(shown, dict):  # only to be read
                yield from (shown["label"], shown["help_text"])
            else:
                yield from (shown.label, shown.help_text)
                choices = () if hasattr(shown.field, "queryset") else getattr(shown.field, "choices", ())
                yield from (label for _value, label in choices)


def words_of_the_admin(options: admin.ModelAdmin, request: HttpRequest) -> Iterator[object]:
    """What an operator reads around the rows of one table: its names, columns, filters and forms."""
    model, meta = options.model, options.model._meta
    yield from (meta.app_config.verbose_name, meta.verbose_name, meta.verbose_name_plural)
    yield from (label_for_field(name, model, options) for name in options.get_list_display(request))
    yield from (spec.title for spec in options.get_changelist_instance(request).filter_specs)
    for row in (model(), None) if options.has_add_permission(request) else (model(),):
        yield from words_of_a_form(options, request, options.get_form(request, row, change=bool(row)), row)
        for inline in options.get_inline_instances(request, row):
            yield from (inline.verbose_name, inline.verbose_name_plural)
            yield from words_of_a_form(inline, request, inline.get_formset(request, row).form, inline.model())
    if options.has_delete_permission(request):
        yield from (met._meta.verbose_name for met in deleted_with(model, set()))


def deleted_with(model: type[models.Model], met: set[type[models.Model]]) -> set[type[models.Model]]:
    """The tables whose rows are named on the page that asks whether to delete."""
    if model not in met:
        met.add(model)
        for relation in model._meta.related_objects:
            if relation.on_delete is models.CASCADE:
                deleted_with(relation.related_model, met)
    return met


def reads_as_persian(words: str) -> bool:
    """Whether there is a Persian letter, or no Latin one; a language is called by its own name."""
    return bool(re.search("[\u0600-\u06ff]", words)) or not re.search("[A-Za-z]", words) or words == "English"


def test_every_field_an_operator_meets_in_the_admin_is_named_in_persian(operator):
    request = RequestFactory().get("/")
    request.user = operator
    with translation.override("fa"):
        foreign = {
            f"{model.__name__}: {words}"
            for model, options in admin.site._registry.items()
            for words in words_of_the_admin(options, request)
            if words and not reads_as_persian(str(words))
        }
    assert foreign == set()


def test_the_scripts_of_the_admin_and_the_permissions_speak_persian(operator, sign_in):
    operator.language = "fa"
    operator.save()
    client = sign_in(operator)
    assert r'"Choose all %s": "\u06' in client.get(reverse("admin:jsi18n")).content.decode()
    assert "Can add" not in client.get(reverse("admin:accounts_user_change", args=[operator.pk])).content.decode()


def test_days_and_moments_stand_in_the_calendar_of_the_operator_in_lists_and_pages(db, sign_in):
    operator = PersonFactory(is_staff=True, is_superuser=True, persian=True)
    session = SessionFactory(starts_at=datetime(2026, 11, 23, 10, 30, 15, tzinfo=UTC))
    browser = sign_in(operator)

    listed = browser.get(reverse("admin:relationships_session_changelist")).content.decode()
    page = browser.get(reverse("admin:relationships_session_change", args=[session.pk])).content.decode()
    person = browser.get(reverse("admin:accounts_user_change", args=[operator.pk])).content.decode()

    assert "۲ آذر ۱۴۰۵، ساعت ۱۴:۰۰" in listed and "2026" not in listed
    assert 'value="۱۴۰۵/۰۹/۰۲"' in page and 'value="14:00:15"' in page
    assert re.search("[۰-۹]+ [^ ]+ ۱[۳۴][۰-۹]{2}، ساعت [۰-۹:]+", person), "when they joined"
    operator.language, operator.calendar = "en", "gregorian"
    operator.save()
    assert "23 November 2026, 14:00" in browser.get(reverse("admin:relationships_session_changelist")).content.decode()


def test_what_was_done_to_a_row_is_told_in_the_calendar_and_digits_of_the_operator(db, sign_in):
    operator, person = PersonFactory(is_staff=True, is_superuser=True, persian=True), PersonFactory()
    client = sign_in(operator)
    LogEntry.objects.log_actions(operator.pk, [person], CHANGE, "", single_object=True)
    LogEntry.objects.update(action_time=datetime(2026, 11, 27, 9, 30, tzinfo=UTC))
    page = client.get(reverse("admin:accounts_user_history", args=[person.pk])).content.decode()
    assert "۶ آذر ۱۴۰۵" in page and "۱۳:۰۰" in page and "۱ مورد" in page and "2026" not in page


def test_saving_a_page_in_the_persian_calendar_changes_no_moment(db, sign_in):
    browser = sign_in(PersonFactory(is_staff=True, is_superuser=True, persian=True))
    stone = Milestone.objects.create(
        programme=ProgrammeFactory(), title_en="Half time", due_on=date(2026, 11, 23), met_at=NOW.replace(second=15)
    )
    url = reverse("admin:planning_milestone_change", args=[stone.pk])
    page = browser.get(url)
    form = page.context["adminform"].form
    sent = {name: form[name].value() or "" for name in ("programme", "title_en", "title_fa", "met_by")}
    shown = re.findall('name="((?:due_on|met_at)[^"]*)" value="([^"]*)"', page.content.decode())
    assert [name for name, _value in shown] == ["due_on", "met_at_0", "met_at_1"]

    answer = browser.post(url, {**sent, **dict(shown)})

    before, after = (stone.due_on, stone.met_at), Milestone.objects.values_list("due_on", "met_at").get()
    assert answer.status_code == 302 and after == before
