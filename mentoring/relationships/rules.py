"""Who may do what; the same predicates decide whether a button is drawn."""

import rules

from accounts.models import User
from mentoring.relationships.models import Goal, Note, Relationship, Session

Status = Relationship.Status
OVER = (Status.COMPLETED, Status.COMPLETED_EARLY, Status.ENDED)
"""Closed, and not because it was a mistake."""


@rules.predicate
def is_member(person: User, relationship: Relationship) -> bool:
    return bool(relationship.role_of(person))


@rules.predicate
def is_working(person: User, relationship: Relationship) -> bool:
    return relationship.is_working


@rules.predicate
def is_over(person: User, relationship: Relationship) -> bool:
    return relationship.status in OVER


@rules.predicate
def has_other_side(person: User, relationship: Relationship) -> bool:
    """Whether somebody is still there who could say that they met."""
    return any(other.is_active for other in relationship.other_side_of(person))


@rules.predicate
def is_apart(person: User, relationship: Relationship) -> bool:
    return relationship.rests


@rules.predicate
def is_coordinator(person: User, relationship: Relationship) -> bool:
    return relationship.programme.coordinations.filter(person=person).exists()


@rules.predicate
def confirms_goal(person: User, goal: Goal) -> bool:
    if goal.status != Goal.Status.PROPOSED or not is_member(person, goal.relationship):
        return False
    return goal.proposed_by is None or person in goal.relationship.other_side_of(goal.proposed_by)


@rules.predicate
def chooses_time(person: User, session: Session) -> bool:
    if session.status != Session.Status.PROPOSED or not is_member(person, session.relationship):
        return False
    return session.proposed_by is None or person in session.relationship.other_side_of(session.proposed_by)


tells_of_meetings = is_member & (is_working | is_over) & ~is_apart


@rules.predicate
def vouches_for_log(person: User, session: Session) -> bool:
    if session.status != Session.Status.HELD or session.provenance != Session.Provenance.SELF_LOGGED:
        return False
    if not tells_of_meetings.test(person, session.relationship):
        return False
    return session.logged_by is None or person in session.relationship.other_side_of(session.logged_by)


@rules.predicate
def is_author(person: User, note: Note) -> bool:
    return note.author_id == person.pk


rules.add_perm("relationships.take_part", is_member)
rules.add_perm("relationships.plan", is_member & is_working & ~is_apart)
rules.add_perm("relationships.log_past", (is_working | has_other_side) & tells_of_meetings)
rules.add_perm("relationships.coordinate", is_coordinator)
rules.add_perm("relationships.confirm_goal", confirms_goal)
rules.add_perm("relationships.choose_time", chooses_time)
rules.add_perm("relationships.vouch_for_log", vouches_for_log)
rules.add_perm("relationships.edit_note", is_author)
