from celery import shared_task
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from accounts.letters import Letter
from accounts.models import Belonging, Invitation, User
from accounts.services import invitation_token


@shared_task(name="accounts.send_invitation")
def send_invitation(*, invitation_id: int, **_newer_arguments: object) -> None:
    """Mail an open invitation. The language is the person's own where they are known, else the institution's."""
    open_ones = Invitation.objects.usable(timezone.now()).select_related("institution", "invited_by")
    invitation = open_ones.filter(pk=invitation_id).first()
    if invitation is None:
        return
    person = User.objects.filter(email=invitation.email).first()
    with translation.override(person.language if person else invitation.institution.language):
        names = {
            "institution": invitation.institution.name,
            "inviter": str(invitation.invited_by or _("The institution")),
        }
        text = _("%(inviter)s invites you to take part in mentoring at %(institution)s.") % names
        if invitation.role == Belonging.Role.ADMINISTRATOR:
            text = _("%(inviter)s asks you to administer mentoring at %(institution)s.") % names
        letter = Letter(
            subject=_("Your invitation to %(institution)s") % names,
            paragraphs=[text, _("The link is for you alone and works for 14 days.")],
            button_url=reverse("invitation", args=[invitation_token(invitation)]),
            button_label=_("Accept the invitation"),
            small=_("If you expected no invitation, ignore this mail; nothing happens."),
        )
        letter.to(invitation.email, **{"Message-ID": f"<invitation-{invitation.pk}@peyvand>"}).send()
