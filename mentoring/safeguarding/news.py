"""The news of this app. Never who and never what: a mail may be read by others."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "safeguarding.apart",
        _("Two people need help"),
        _("Two people in “%(programme)s” need help"),
        _(
            "One of them does not want to be reached by the other. A calm word with each of them, alone, is a good beginning."
        ),
        _("See who"),
        desk=True,
        urgent=True,
    ),
    Kind(
        "safeguarding.report",
        _("Something was reported"),
        _("Something was reported in “%(programme)s”"),
        _("Somebody asks for protection. A first look soon, today if you can, is what helps most."),
        _("Look at it"),
        desk=True,
        urgent=True,
    ),
    Kind(
        "safeguarding.moved",
        _("My report has moved on"),
        _("What you reported has moved on"),
        _("Somebody of “%(programme)s” has worked on it."),
        _("See how it stands"),
    ),
    Kind(
        "safeguarding.reading_asked",
        _("Somebody asks whether a conversation may be read"),
        _("In “%(programme)s” somebody asks to read a conversation"),
        _("It needs a second person. Look at the reason and say yes or no; both are fine."),
        _("Look at the reason"),
        desk=True,
        urgent=True,
    ),
    Kind(
        "safeguarding.reading_answered",
        _("My request to read a conversation was answered"),
        _("You have an answer about a conversation in “%(programme)s”"),
        _("You had asked to read it. If it was agreed to, you have a day to begin, and then an hour."),
        _("See the answer"),
        desk=True,
        urgent=True,
    ),
    Kind(
        "safeguarding.read_alone",
        _("Somebody was alone when a conversation was opened"),
        _("In “%(programme)s” a conversation was opened without a second person"),
        _("Nobody else was there who could have agreed. Please look at the reason now."),
        _("Look at the reason"),
        desk=True,
    ),
    Kind(
        "safeguarding.was_read",
        _("A conversation of mine was read"),
        _("A conversation of yours in “%(programme)s” was read"),
        _("Somebody who looks after people opened it, for a reason that was written down. You can see who, and when."),
        _("See what happened"),
    ),
    Kind(
        "safeguarding.readings_month",
        _("Conversations that were read, once a month"),
        _("Last month somebody asked to read a conversation"),
        _("The list says who asked, who agreed, how much was read, and whether its people know."),
        _("See the list"),
        desk=True,
    ),
)
