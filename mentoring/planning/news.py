"""What planning tells people."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "planning.applied",
        label=_("Somebody applied to a programme I coordinate"),
        title=_("%(person)s applied to “%(programme)s”"),
        body=_("Please read the application and answer within a few days."),
        action=_("Read the application"),
        desk=True,
    ),
    Kind(
        "planning.approved",
        label=_("My application was accepted"),
        title=_("Welcome to “%(programme)s”"),
        body=_("Your application was accepted. A short list on the page says what is left to do."),
        action=_("See what comes next"),
    ),
    Kind(
        "planning.rejected",
        label=_("My application was not accepted"),
        title=_("Your application to “%(programme)s”"),
        body=_("It was not accepted this time. The coordinator writes: %(reason)s"),
        action=_("Read the answer"),
    ),
    Kind(
        "planning.ready",
        label=_("I am ready to be matched"),
        title=_("You are ready in “%(programme)s”"),
        body=_("Nothing is missing. You hear from us when you are matched."),
        action=_("See my page"),
    ),
    Kind(
        "planning.suspended",
        label=_("My membership was suspended"),
        title=_("Your membership in “%(programme)s” is suspended"),
        body=_("The coordinator writes: %(reason)s"),
        action=_("Read more"),
    ),
    Kind(
        "planning.reinstated",
        label=_("My membership is no longer suspended"),
        title=_("You take part in “%(programme)s” again"),
        body=_("Your membership is no longer suspended. What rested meanwhile goes on where it was."),
        action=_("See my page"),
    ),
    Kind(
        "planning.coordinator",
        label=_("I was made a coordinator"),
        title=_("You now coordinate “%(programme)s”"),
        body=_("You can see its people, approve applications and match."),
        action=_("See the people"),
        desk=True,
    ),
    Kind(
        "planning.import_finished",
        label=_("A file of people was imported"),
        title=_("The import of %(file)s is finished"),
        body=_("Imported: %(imported)s. Could not be imported: %(bad)s."),
        action=_("See the report"),
        mail=False,
        desk=True,
    ),
)
