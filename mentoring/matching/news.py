"""The letters that bring two people together, and news of requests."""

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
register(
    MENTEE_LETTER,
    MENTOR_LETTER,
    Kind(
        slug="matching.request_received",
        label=_("A mentee asks me to be their mentor"),
        title=_("%(partner)s would like you as a mentor"),
        body=_(
            "In “%(programme)s” %(partner)s has chosen you and says why. Please answer by %(due_at)s: accept, decline, or"
            " ask for more. A quick no helps as well as a yes, because the next mentor can then be asked."
        ),
        action=_("Read and answer"),
    ),
    Kind(
        slug="matching.request_answered",
        label=_("A mentee told me more about a request"),
        title=_("%(partner)s has answered your question"),
        body=_("Your time goes on now: please decide by %(due_at)s."),
        action=_("Read and answer"),
    ),
    Kind(
        slug="matching.request_reminder",
        label=_("A request waits for my answer for one more day"),
        title=_("%(partner)s waits for your answer"),
        body=_("The request in “%(programme)s” runs out on %(due_at)s."),
        action=_("Read and answer"),
    ),
    Kind(
        slug="matching.request_expired",
        label=_("A request to me ran out"),
        title=_("The request of %(partner)s ran out"),
        body=_("It happens. %(partner)s can ask somebody else now. If you have no time at present, pause for a while."),
        action=_("See your requests"),
        mail=False,
    ),
    Kind(
        slug="matching.request_closed",
        label=_("A request to me is no longer open"),
        title=_("The request of %(partner)s is no longer open"),
        body=_("There is nothing left for you to do."),
        action=_("See your requests"),
        mail=False,
    ),
    Kind(
        slug="matching.request_question",
        label=_("A mentor wants to know more before deciding"),
        title=_("%(partner)s would like to know more"),
        body=_("There is a question about your request. %(partner)s decides when you have answered, until %(due_at)s."),
        action=_("Read and answer"),
    ),
    Kind(
        slug="matching.request_accepted",
        label=_("A mentor accepted my request"),
        title=_("%(partner)s said yes"),
        body=_(
            "%(partner)s is your mentor in “%(programme)s”. Why the two of you: %(why)s"
            " The next step is a first talk and your agreement; both take a few minutes to set up."
        ),
        action=_("Open your shared workspace"),
    ),
    Kind(
        slug="matching.request_passed_on",
        label=_("My next choice was asked"),
        title=_("Your next choice, %(next)s, has been asked"),
        body=_("Nothing came of your request to %(partner)s. That says nothing about you: places and time are short."),
        action=_("See your requests"),
    ),
    Kind(
        slug="matching.request_over",
        label=_("A request of mine came to nothing, and nobody else is asked"),
        title=_("Nothing came of your request to %(partner)s"),
        body=_(
            "That says nothing about you: places and time are short. You can choose other mentors in “%(programme)s”"
            " whenever you like; the coordinators see that you are still looking."
        ),
        action=_("Choose again"),
    ),
    Kind(
        slug="matching.request_unanswered",
        label=_("A request ran out because I had not answered"),
        title=_("Your request to %(partner)s ran out"),
        body=_("Their question had no answer in time. You can ask again, or ask the next on your list."),
        action=_("See your requests"),
    ),
    Kind(
        slug="matching.draft_ready",
        label=_("A draft of pairs waits for review"),
        title=_("A draft of pairs waits for you"),
        body=_("“%(programme)s” was matched: %(pairs)s pairs are proposed. Nobody hears of them before you publish."),
        action=_("Review the draft"),
        desk=True,
    ),
    Kind(
        slug="matching.review_waits",
        label=_("The weekly run waits for an open review"),
        title=_("We did not match this week: a review is open"),
        body=_(
            "In “%(programme)s” a draft with %(pairs)s pairs is under review, so that nothing changes under your hands."
            " Publish or turn down what is left; newcomers can be placed meanwhile."
        ),
        action=_("Go on with the review"),
        mail=False,
        desk=True,
    ),
    Kind(
        slug="matching.mentor_lost",
        label=_("A mentee lost the mentor"),
        title=_("%(person)s has no mentor any more"),
        body=_("In “%(programme)s” a relationship ended early. See who would fit with the least change for others."),
        action=_("See the proposal"),
        mail=False,
        desk=True,
    ),
)
