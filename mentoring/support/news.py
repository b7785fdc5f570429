"""The news of this app. Never who asked and never about what: a mail may be read by others."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "support.asked",
        _("Somebody asks for help"),
        _("Somebody in “%(programme)s” asks for help"),
        _("A first word soon matters more than a solution. Only coordinators see the request."),
        _("Open the request"),
        desk=True,
        urgent=True,
    ),
    Kind(
        "support.more",
        _("News on a request for help"),
        _("A request for help in “%(programme)s” goes on"),
        _("The person who asked has written again."),
        _("Open the request"),
        desk=True,
    ),
    Kind(
        "support.seen",
        _("My request was seen"),
        _("Your request was seen"),
        _("A coordinator of “%(programme)s” has read it and will answer."),
        _("Open my request"),
        mail=False,
    ),
    Kind(
        "support.answered",
        _("My request was answered"),
        _("You have an answer"),
        _("A coordinator of “%(programme)s” has answered your request."),
        _("Read the answer"),
    ),
    Kind(
        "support.resolved",
        _("My request is closed"),
        _("Your request is closed"),
        _("If it is not settled for you, just write again: that opens it."),
        _("Open my request"),
    ),
)
