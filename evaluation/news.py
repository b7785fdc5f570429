"""What people hear from the evaluation."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "evaluation.opened",
        _("A questionnaire or pulse opens"),
        _("How is it going in %(programme)s?"),
        _("A few questions are open for you; they take about %(minutes)s min. Your result is yours at once."),
        _("Answer now"),
    ),
    Kind(
        "evaluation.reminder",
        _("Reminders of an open questionnaire, two at most"),
        _("Your view is still missing in %(programme)s"),
        _("The questions are still open and take about %(minutes)s min. You are reminded twice at most."),
        _("Answer now"),
    ),
    Kind(
        "evaluation.nudge_no_first_contact",
        _("A nudge when a relationship has not begun"),
        _("You and %(name)s have not met yet"),
        _("The first hello is the hardest one. Two lines about yourself, or a time for a first talk, are enough."),
        _("Say hello"),
        mail=False,
    ),
    Kind(
        "evaluation.nudge_agreement_unsigned",
        _("A nudge when the agreement waits for a signature"),
        _("Your agreement with %(name)s waits for a signature"),
        _("It takes five minutes, and it makes later weeks easier. You can change it at any time."),
        _("Open the agreement"),
        mail=False,
    ),
    Kind(
        "evaluation.nudge_unanswered",
        _("A nudge when somebody waits for an answer"),
        _("%(name)s is waiting for a word from you"),
        _("A short line is enough, even if it only says when you can write more."),
        _("Answer now"),
        mail=False,
    ),
    Kind(
        "evaluation.nudge_silence",
        _("A nudge after a long silence"),
        _("It has been quiet between you and %(name)s"),
        _("That happens to most people. One small question or a time for a talk brings it back."),
        _("Pick it up again"),
        mail=False,
    ),
    Kind(
        "evaluation.nudge_missed_sessions",
        _("A nudge after a meeting that did not come about"),
        _("A meeting with %(name)s did not come about"),
        _("It happens to everybody. Find another time, or a rhythm that fits both of you better."),
        _("Find another time"),
        mail=False,
    ),
    Kind(
        "evaluation.nudge_falling",
        _("A nudge when there is less contact than at the beginning"),
        _("You and %(name)s talk less than at the beginning"),
        _("If that is how you both want it, all is well. If not, say what would help; a rhythm can be changed."),
        _("See how it stands"),
        mail=False,
    ),
    Kind(
        "evaluation.nudge_training_unfinished",
        _("A nudge when a preparation is not finished"),
        _("A piece of your preparation is still open"),
        _("A few minutes are left of it, and it is made for what comes next with %(name)s."),
        _("Go on with it"),
        mail=False,
    ),
    Kind(
        "evaluation.coordinator_note",
        _("A note from a coordinator about a relationship"),
        _("A note from %(name)s"),
        "%(text)s",
        _("Open the workspace"),
    ),
)
register(
    Kind(
        "evaluation.alert_given",
        _("A relationship that may need somebody is given to me"),
        _("%(name)s asks you to see to a relationship"),
        _("In %(programme)s. Who they are and why it was noticed stands on its page."),
        _("See why"),
    ),
    Kind(
        "evaluation.action_given",
        _("An action is given to me"),
        _("Yours to see to: %(what)s"),
        _("In %(programme)s, due on %(due_on)s."),
        _("Open the action"),
    ),
    Kind(
        "evaluation.action_read_again",
        _("The figures after an action are there"),
        _("Before and after: %(what)s"),
        _("The window of the action in %(programme)s is over, and its indicator was read again."),
        _("See the two figures"),
        mail=False,
    ),
)
register(
    Kind(
        "evaluation.certificate",
        _("A certificate is ready for you"),
        _("You finished %(programme)s"),
        _("Your certificate is ready, in English and in Persian, with a link by which others can check it. Thank you."),
        _("Make my certificate"),
    )
)
