from celery import shared_task
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.letters import Letter, in_words_of
from accounts.models import Invitation
from accounts.services import invitation_token
from core.jobs import JobCancelled
from mentoring.planning.models import Enrolment, PeopleImport
from mentoring.planning.services import empty_files, stop_import
from mentoring.planning.services import run_import as import_people
from mentoring.planning.services import try_rows as try_the_rows


@shared_task(name="planning.run_import")
def run_import(*, import_id: int, **_newer_arguments: object) -> dict[str, int]:
    imports = PeopleImport.objects.select_related("programme__institution", "created_by").defer("text")
    people_import = imports.get(pk=import_id)
    try:
        return import_people(people_import, at=timezone.now())
    except JobCancelled:
        stop_import(people_import)
        raise


@shared_task(name="planning.try_rows")
def try_rows(*, import_id: int, trial: str, **_newer_arguments: object) -> None:
    people_import = PeopleImport.objects.select_related("programme__institution").get(pk=import_id)
    try_the_rows(people_import, trial=trial)


@shared_task(name="planning.tidy", ignore_result=True)
def tidy() -> None:
    empty_files(at=timezone.now())


@shared_task(name="planning.send_invitation")
def send_invitation(*, invitation_id: int, enrolment_id: int, **_newer_arguments: object) -> None:
    invitation = Invitation.objects.usable(timezone.now()).filter(pk=invitation_id).first()
    if invitation is not None:
        enrolment = _enrolments().get(pk=enrolment_id)
        url = reverse("invitation", args=[invitation_token(invitation)])
        _letter(enrolment, url, f"planning-invitation-{invitation_id}")


@shared_task(name="planning.send_welcome")
def send_welcome(*, enrolment_id: int, **_newer_arguments: object) -> None:
    """Who is in already goes to their page; who never chose a password chooses one first."""
    enrolment = _enrolments().get(pk=enrolment_id)
    url = enrolment.get_absolute_url() if enrolment.person.has_usable_password() else reverse("account_reset_password")
    _letter(enrolment, url, f"planning-welcome-{enrolment_id}-{enrolment.status}")


def _enrolments():
    return Enrolment.objects.select_related("person", "programme")


def _letter(enrolment: Enrolment, url: str, message_id: str) -> None:
    with in_words_of(enrolment.person):
        words = {"programme": enrolment.programme.name, "name": str(enrolment.person)}
        as_mentor = _("You are invited to take part in “%(programme)s” as a mentor.") % words
        as_mentee = _("You are invited to take part in “%(programme)s” as a mentee.") % words
        letter = Letter(
            subject=_("Your place in “%(programme)s”") % words,
            paragraphs=[
                as_mentor if enrolment.is_mentor else as_mentee,
                _("First you see what the programme asks and who sees what. You decide after that."),
            ],
            button_url=url,
            button_label=_("See the programme"),
            small=_("If you expected no invitation, ignore this mail; nothing happens."),
        )
        letter.to(enrolment.person.email, **{"Message-ID": f"<{message_id}@peyvand>"}).send()
