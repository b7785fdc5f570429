"""The letters that bring two people together."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

MENTEE_LETTER = Kind(
    slug="matching.mentee",
    label=_("A mentor was found for me"),
    title=_("%(partner)s is your mentor"),
    body=_(
        "In “%(programme)s” we have brought you together with %(partner)s. Why the two of you: %(why)s"
        " The next step is a first talk and your agreement; both take a few minutes to set up."
    ),
    action=_("Open your shared workspace"),
)
MENTOR_LETTER = Kind(
    slug="matching.mentor",
    label=_("A mentee was found for me"),
    title=_("%(partner)s is your mentee"),
    body=_(
        "In “%(programme)s” we have brought you together with %(partner)s. Why the two of you: %(why)s"
        " A few lines from you now make the start easy: propose a time for a first talk."
    ),
    action=_("Open your shared workspace"),
)
register(MENTEE_LETTER, MENTOR_LETTER)
