"""What a coordinator's desk counts."""

from django.urls import reverse

from dashboard.desks import come_this_far, coordinator_home
from mentoring.planning.models import Enrolment, Programme
from mentoring.planning.queries import FunnelStep
from tests.factories import NOW, CoordinationFactory

S = Enrolment.Status


def test_the_funnel_counts_everybody_who_came_at_least_this_far():
    standing = [FunnelStep(S.INVITED, 1, 0), FunnelStep(S.APPLIED, 0, 2), FunnelStep(S.READY, 3, 4)]
    reached = come_this_far(standing)
    assert [step.status for step in reached] == [S.INVITED, S.APPLIED, S.READY]
    assert [(step.mentors, step.mentees) for step in reached] == [(4, 6), (3, 6), (3, 4)]


def test_a_draft_asks_its_coordinator_to_open_it(db):
    coordination = CoordinationFactory(programme__status=Programme.Status.DRAFT)
    programme = coordination.programme
    settings_page = reverse("programme_settings", args=[programme.slug])
    assert [task.url for task in coordinator_home(coordination.person, programme, now=NOW).tasks] == [settings_page]

    programme.status = Programme.Status.RUNNING
    assert coordinator_home(coordination.person, programme, now=NOW).tasks == []
