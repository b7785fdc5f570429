"""News of this app for the apps above it, and one question to them."""

from dataclasses import dataclass

from django.dispatch import Signal

from accounts.models import User


@dataclass(frozen=True)
class Origin:
    """What a step or a session came of: said by `who`, to be read at `url`."""

    who: User
    url: str


relationship_started = Signal()  # relationship, at
relationship_closed = Signal()  # relationship, at
relationship_reopened = Signal()  # relationship, at
mentee_joined = Signal()  # relationship, member, at: somebody came into a circle that was already there
mentee_left = Signal()  # relationship, person, at: a circle goes on without them
step_added = (
    Signal()
)  # step, origin, by, at: `origin` is what an upper app called the page with, as the browser sent it
session_proposed = Signal()  # session, origin, by, at
session_logged = Signal()  # session, origin, by, at: a meeting that was not planned here
relationship_moved = Signal()  # relationship_id, at: something was said, agreed, aimed at, held or told in it
session_held = Signal()  # session, at
entered_elsewhere = Signal()  # relationship, person, code, at: somebody goes into its room for calls outside of here
ended_elsewhere = (
    Signal()
)  # programme, code, begun_by, at: a meeting there is over; answered by whether its room is known
origins_asked = Signal()  # things (steps or sessions), reader: answered with {thing: Origin} where one may read it
