"""The optional questions that help matching: what may be chosen, in words."""

from django.utils.translation import gettext_lazy as _

STATEMENTS = {
    "plan": _("I like a clear plan for each meeting."),
    "new": _("I like to try what I have never done."),
    "direct": _("I like it when somebody says plainly what could be better."),
    "personal": _("I like to talk about life as well as about work."),
}
"""Closed statements on style: conscientiousness, openness, directness, warmth; answered from 0 (not at all) to 4 (fully)."""
AGREEMENT = (_("Not at all"), _("A little"), _("Partly"), _("Mostly"), _("Fully"))
"""What 0 to 4 mean."""
KINDS_OF_HELP = {
    "planning": _("Setting goals and planning my way"),
    "modelling": _("Understanding how mentoring works and what is expected"),
    "infrastructure": _("Getting started with devices, accounts and the network"),
    "tools": _("Digital tools and talking at a distance"),
    "relationships": _("Feeling less alone, and getting on with people"),
    "skills": _("Learning skills for study and work"),
    "support": _("Encouragement, and an honest look at how it goes"),
}
"""The seven categories of the model as help somebody asks for or likes to give."""
