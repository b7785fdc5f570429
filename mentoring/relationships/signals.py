"""News of this app for the apps above it."""

from django.dispatch import Signal

relationship_started = Signal()  # relationship, at
relationship_closed = Signal()  # relationship, at
relationship_reopened = Signal()  # relationship, at
mentee_joined = Signal()  # relationship, member, at: somebody came into a circle that was already there
step_added = (
    Signal()
)  # step, origin, by, at: `origin` is what an upper app called the page with, as the browser sent it
session_proposed = Signal()  # session, origin, by, at
session_logged = Signal()  # session, origin, by, at: a meeting that was not planned here
session_held = Signal()  # session, at
