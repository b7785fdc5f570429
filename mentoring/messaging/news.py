"""What conversations tell people. The words of a message stay in the conversation: the letter only says that there are some."""

from django.urls import resolve
from django.utils.translation import gettext_lazy as _

from mentoring.messaging.queries import CALLED, NEW_MESSAGE, members_who_wait
from notifications.kinds import Kind, register


def _still_unread(person: int, url: str) -> bool:
    """Read on another device, deleted, or no longer a member: nothing is left to tell."""
    return members_who_wait(resolve(url).kwargs["pk"]).filter(person=person).exists()


register(
    Kind(
        NEW_MESSAGE,
        label=_("A new message"),
        title=_("%(partner)s wrote to you"),
        body=_("There is a message for you that you have not read yet."),
        action=_("Read it"),
        still=_still_unread,
    ),
    Kind(
        CALLED,
        label=_("Somebody calls me by name in a message"),
        title=_("%(partner)s calls you in a conversation"),
        body=_("Your name stands in a message that you have not read yet."),
        action=_("Read it"),
        still=_still_unread,
    ),
)
