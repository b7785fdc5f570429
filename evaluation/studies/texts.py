"""What a kind of study asks, how it is computed, what it is not; and the names of its parts."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from evaluation.models import Study
from evaluation.studies.plans import EXPLORATORY, PRIMARY, SECONDARY

Text = str | Promise
ABOUT: dict[str, Text] = {
    Study.Kind.PRE_POST: gettext_lazy("Did the same people answer differently at the end than at the beginning?"),
    Study.Kind.WAITING: gettext_lazy("Did people with a mentor change more than those who were still waiting?"),
    Study.Kind.MODE: gettext_lazy("Did people who met online change differently from people who met face to face?"),
    Study.Kind.GROWTH: gettext_lazy("How did it go over several questionnaires, for mentees and for mentors?"),
    Study.Kind.LANGUAGE: gettext_lazy("Do the Persian and the English statements measure the same?"),
    Study.Kind.PATH: gettext_lazy("Do conditions go with outcomes through what happens in between?"),
    Study.Kind.LAGGED: gettext_lazy(
        "Does what people say of one thing go before what they say of another, or the other way?"
    ),
}
HOW: dict[str, Text] = {
    Study.Kind.PRE_POST: gettext_lazy(
        "Only people who answered both times, over the statements that both questionnaires ask. g is the mean change in standard "
        "deviations within a questionnaire, with Hedges' correction; p is that of the paired t-test."
    ),
    Study.Kind.WAITING: gettext_lazy(
        "The change of people who had somebody before the second questionnaire opened, less the change of those who had nobody "
        "until it closed. Only statements that both are asked. g in pooled standard deviations; p is that of Welch's t-test."
    ),
    Study.Kind.MODE: gettext_lazy(
        "The change of people who never met in person, less the change of those who met in person at least every second time; "
        "two sessions at least, everybody in between is in neither group. g in pooled standard deviations; p by Welch's t-test."
    ),
    Study.Kind.GROWTH: gettext_lazy(
        "A mixed model by maximum likelihood: questionnaire and role, with an intercept and a slope of its own for every "
        "relationship. The figure is points per questionnaire for mentees; only relationships in which everybody agreed."
    ),
    Study.Kind.LANGUAGE: gettext_lazy(
        "Mantel's test of each statement among people who stand alike on the others (five strata), with the standardised mean "
        "difference and the classes of ETS; p adjusted by Benjamini and Hochberg. Beside it Tucker's congruence of one factor. "
        "The language is the one in which a questionnaire was answered; those answered in both, or before this was recorded, "
        "are in neither group."
    ),
    Study.Kind.PATH: gettext_lazy(
        "Least squares for every step, products of paths, 5,000 bootstrap samples of whole relationships, percentile limits. "
        "What comes earlier is what was done or what the other side says, the outcome what the person says themself; each "
        "is read in its own weeks."
    ),
    Study.Kind.LAGGED: gettext_lazy(
        "A cross-lagged panel model: the second thing at each questionnaire by least squares on both at the one before, and the "
        "first likewise. Only people who answered each time; in standard deviations of each questionnaire; intervals from errors "
        "clustered by relationship."
    ),
}
_G_OF_CHANGES = gettext_lazy("Hedges' g, pooled standard deviation, J = 1 - 3/(4df-1); Welch's t-test")
VARIANTS: dict[str, Text] = {
    Study.Kind.PRE_POST: gettext_lazy(
        "Hedges' g, d = mean difference / S_within, S_within = S_difference / sqrt(2(1-r)), J = 1 - 3/(4df-1); paired t-test"
    ),
    Study.Kind.WAITING: _G_OF_CHANGES,
    Study.Kind.MODE: _G_OF_CHANGES,
    Study.Kind.GROWTH: gettext_lazy(
        "Linear mixed model, random intercept and slope by relationship, full maximum likelihood, Wald intervals"
    ),
    Study.Kind.LANGUAGE: gettext_lazy(
        "Mantel (1963) within five strata of the other statements, SMD / SD, classes of ETS; Tucker's congruence"
    ),
    Study.Kind.PATH: gettext_lazy("Mediation by least squares, product of paths, percentile bootstrap by relationship"),
    Study.Kind.LAGGED: gettext_lazy(
        "Two observed variables, standardised within questionnaires, least squares per equation, errors by relationship"
    ),
}
"""The variant behind each figure, as `statistics` names it, in the reader's language."""
WHENEVER = gettext_lazy("Whenever it was asked: the first whole answers of each person")
OWN_TIMES = gettext_lazy(
    "An own questionnaire can be chosen if it was asked at one of the moments W0 to W4. A study of paths or of languages takes "
    "it whenever it was asked."
)
OWN_IN_PATHS = gettext_lazy(
    "An own questionnaire can be chosen for the stage of the component that it is about, whenever it was asked; one that is "
    "about none has no place in a path."
)
WHAT_NOT: dict[str, Text] = {
    Study.Kind.PRE_POST: gettext_lazy(
        "Observational, without a comparison group: whatever else happened in these months is in this figure too, and no "
        "sensitivity to a hidden cause can be computed."
    ),
    Study.Kind.WAITING: gettext_lazy(
        "Observational: nobody drew lots for who waits, so the groups may differ in more than this."
    ),
    Study.Kind.MODE: gettext_lazy(
        "Observational: people chose how they meet, so the groups may differ in more than this."
    ),
    Study.Kind.GROWTH: gettext_lazy(
        "Observational, without a comparison group: whatever else happened in these months is in this figure too."
    ),
    Study.Kind.LANGUAGE: gettext_lazy(
        "This is not a multi-group confirmatory factor analysis. It finds single statements that stand out; where it finds none, "
        "that is no proof that means of the two languages may be compared."
    ),
    Study.Kind.PATH: gettext_lazy(
        "Observational: associated with, never caused by. Feedback loops of the model are not in it."
    ),
    Study.Kind.LAGGED: gettext_lazy(
        "Observational: associated with, never caused by; what comes first in time may still have the same cause. Differences "
        "between people and changes within them are not told apart (Hamaker and others 2015), and both things are said by "
        "the same person."
    ),
}
FAMILIES: dict[str, Text] = {
    PRIMARY: gettext_lazy("Planned, primary"),
    SECONDARY: gettext_lazy("Planned, secondary"),
    EXPLORATORY: gettext_lazy("Exploratory"),
}
UNITS: dict[str, Text] = {
    "pairs": gettext_lazy("people who answered both times"),
    "mentored": gettext_lazy("people with a mentor"),
    "waiting": gettext_lazy("people who were still waiting"),
    "online": gettext_lazy("people who met online"),
    "in_person": gettext_lazy("people who met in person"),
    "relationships": pgettext_lazy("after a number", "relationships"),
    "mentor": pgettext_lazy("after a number", "mentors"),
    "mentee": pgettext_lazy("after a number", "mentees"),
    "en": gettext_lazy("people who answered in English"),
    "fa": gettext_lazy("people who answered in Persian"),
}
