"""What people are told about their relationships."""

from django.utils.translation import gettext_lazy as _

from notifications.kinds import Kind, register

register(
    Kind(
        "relationships.joined",
        _("Somebody joined my circle"),
        _("%(partner)s is in your circle now"),
        _("You share a workspace with %(partner)s from today. A first line of welcome makes the beginning easy."),
        _("Open your workspace"),
    ),
    Kind(
        "relationships.agreement_to_sign",
        _("An agreement waits for my signature"),
        _("%(partner)s asks you to sign the agreement"),
        _(
            "Rhythm, reply time, boundaries and how you find each other again after a silence: read it and sign, or change it."
        ),
        _("Read the agreement"),
    ),
    Kind(
        "relationships.agreement_signed",
        _("Our agreement is signed"),
        _("Your agreement with %(partner)s is signed by all"),
        _("What you agreed counts from today. You can change it together whenever life changes."),
        _("See the agreement"),
    ),
    Kind(
        "relationships.session_proposed",
        _("Times for a session are offered to me"),
        _("%(partner)s offers times for a session"),
        _("Choose the time that suits you, or offer others."),
        _("Choose a time"),
    ),
    Kind(
        "relationships.session_confirmed",
        _("A session is fixed"),
        _("Your session with %(partner)s is fixed"),
        _("The time stands. You can put it into your calendar, and we remind you a day and an hour before."),
        _("Open the session"),
    ),
    Kind(
        "relationships.session_moved",
        _("A session is to be moved"),
        _("%(partner)s offers other times for your session"),
        _("The earlier time no longer stands. Choose one of the new ones, or offer others."),
        _("Choose a time"),
    ),
    Kind(
        "relationships.session_cancelled",
        _("A session was called off"),
        _("%(partner)s called a session off"),
        _("It happens. When you are ready, offer new times."),
        _("Open the session"),
    ),
    Kind(
        "relationships.session_logged",
        _("A past meeting was logged"),
        _("%(partner)s logged a meeting with you"),
        _("It counts once you say that it took place."),
        _("Have a look"),
    ),
    Kind(
        "relationships.log_denied",
        _("A meeting that I logged was taken back"),
        _("%(partner)s does not remember the meeting you logged"),
        _("The entry was taken back; it does not count. If only the day was wrong, write it down again."),
        _("Open the session"),
    ),
    Kind(
        "relationships.session_tomorrow",
        _("Reminder a day before a session"),
        _("Tomorrow: your session with %(partner)s"),
        _("If the time no longer suits you, move it now; nobody has to explain."),
        _("Open the session"),
    ),
    Kind(
        "relationships.session_soon",
        _("Reminder an hour before a session"),
        _("In an hour: your session with %(partner)s"),
        _("The link or place and what you want to talk about stand on its page."),
        _("Open the session"),
    ),
    Kind(
        "relationships.goal_proposed",
        _("A goal waits for my yes"),
        _("%(partner)s proposes a goal: %(goal)s"),
        _("It counts once both of you have said yes."),
        _("Have a look"),
    ),
    Kind(
        "relationships.goal_confirmed",
        _("My goal was confirmed"),
        _("%(partner)s said yes to your goal: %(goal)s"),
        _("Now small steps with a date help most."),
        _("See the goal"),
    ),
    Kind(
        "relationships.paused",
        _("My relationship is paused"),
        _("Your relationship with %(partner)s is paused"),
        _("The coordinator has paused it. Nothing is lost, and nobody waits for an answer in the meantime."),
        _("Open your workspace"),
    ),
    Kind(
        "relationships.resumed",
        _("My relationship goes on"),
        _("It goes on with %(partner)s"),
        _("Your workspace is open again. Propose a time for a next talk."),
        _("Open your workspace"),
    ),
    Kind(
        "relationships.closing",
        _("My relationship is coming to its end"),
        _("%(partner)s has begun the closing"),
        _(
            "A good ending is part of mentoring: answer three questions and say goodbye. Your partner never sees your answers."
        ),
        _("Go to the closing"),
    ),
    Kind(
        "relationships.closed",
        _("My relationship is closed"),
        _("Your relationship with %(partner)s is closed"),
        _("Everything you wrote together stays readable. Thank you for the way you went."),
        _("Look back"),
    ),
    Kind(
        "relationships.reopened",
        _("My relationship is open again"),
        _("Your relationship with %(partner)s is open again"),
        _("The coordinator has taken it up again. Your workspace is as you left it."),
        _("Open your workspace"),
    ),
)
