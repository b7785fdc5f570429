"""What conversations tell people. The words of a message stay in the conversation: the letter only says that there are some."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "messaging.message",
        label=_("A new message"),
        title=_("%(partner)s wrote to you"),
        body=_("There is a message for you that you have not read yet."),
        action=_("Read it"),
    )
)
