"""What pages and other apps ask of relationships; set-based, a constant number of queries however many rows."""

from mentoring.relationships.queries.apart import apart_among, apart_in, faces_for
from mentoring.relationships.queries.counting import counts, headlines
from mentoring.relationships.queries.origins import with_origins
from mentoring.relationships.queries.sessions import (
    meets_another,
    my_rating,
    my_ratings,
    next_session_at,
    next_session_for,
    preparation,
    session_at,
    sessions_of,
    suggested_times,
)
from mentoring.relationships.queries.standing import (
    PATH,
    FirstStep,
    NextStep,
    Standing,
    active_goal_of,
    first_steps,
    next_step,
    path_place,
    standings,
)
from mentoring.relationships.queries.timeline import Event, timeline

__all__ = [
    "PATH",
    "Event",
    "FirstStep",
    "NextStep",
    "Standing",
    "active_goal_of",
    "apart_among",
    "apart_in",
    "counts",
    "faces_for",
    "first_steps",
    "headlines",
    "meets_another",
    "my_rating",
    "my_ratings",
    "next_session_at",
    "next_session_for",
    "next_step",
    "path_place",
    "preparation",
    "session_at",
    "sessions_of",
    "standings",
    "suggested_times",
    "timeline",
    "with_origins",
]
