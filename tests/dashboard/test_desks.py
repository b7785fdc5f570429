"""What a coordinator's desk counts."""

from dashboard.desks import come_this_far
from mentoring.planning.models import Enrolment
from mentoring.planning.queries import FunnelStep

S = Enrolment.Status


def test_the_funnel_counts_everybody_who_came_at_least_this_far():
    standing = [FunnelStep(S.INVITED, 1, 0), FunnelStep(S.APPLIED, 0, 2), FunnelStep(S.READY, 3, 4)]
    reached = come_this_far(standing)
    assert [step.status for step in reached] == [S.INVITED, S.APPLIED, S.READY]
    assert [(step.mentors, step.mentees) for step in reached] == [(4, 6), (3, 6), (3, 4)]
