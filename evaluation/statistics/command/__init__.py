"""The command line: one measure, one JSON object. A measure's module is loaded only when it is asked for."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from evaluation.statistics.estimate import StatisticsError

MEASURES = {
    "alpha": ("reliability", "Cronbach's alpha with Feldt's interval, item-rest r, alpha if deleted"),
    "omega": ("reliability", "McDonald's omega from one factor by maximum likelihood"),
    "spearman-brown": ("reliability", "reliability of a scale of two items"),
    "agreement": ("agreement", "percent agreement with Wilson's interval"),
    "kappa": ("agreement", "Cohen's kappa, linear or quadratic weights"),
    "fleiss": ("agreement", "Fleiss' kappa for any number of raters"),
    "icc": ("agreement", "all six intraclass correlations of Shrout and Fleiss"),
    "paired-g": ("effects", "Hedges' g of a change, in standard deviations within a wave"),
    "g-z": ("effects", "Hedges' g of a change, in standard deviations of the change"),
    "independent-g": ("effects", "Hedges' g of two groups"),
    "wilson": ("effects", "a share with Wilson's interval"),
    "goals": ("effects", "goal attainment T"),
    "kaplan-meier": ("durations", "durations of which some have not ended: median, curve, share at a moment"),
    "log-rank": ("durations", "do groups last equally long?"),
    "cox": ("durations", "hazard ratios (needs statsmodels)"),
    "mediation": ("paths", "simple or serial mediation, bootstrap by relationship"),
    "cross-lagged": ("paths", "two variables over several waves: which goes before the other?"),
    "moderation": ("groups", "does a condition change a path? bootstrap by relationship"),
    "invariance": ("groups", "do statements work alike in two groups? Mantel's test and Tucker's congruence"),
    "e-value": ("groups", "how strong a hidden cause would have to be to explain a difference"),
    "mixed": ("paths", "growth over waves in relationships (needs statsmodels)"),
    "theil-sen": ("paths", "a slope that one odd value does not bend"),
    "holm": ("multiplicity", "p-values adjusted for the family-wise error rate"),
    "benjamini-hochberg": ("multiplicity", "p-values adjusted for the false discovery rate"),
}
PROGRAM = "python -m evaluation.statistics"


class Parser(ArgumentParser):
    """Says what is wrong in one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{message[:1].upper()}{message[1:]}. See {self.prog} --help\n")


def overview() -> str:
    width = max(map(len, MEASURES)) + 2
    rows = "\n".join(f"  {name:<{width}}{summary}" for name, (_, summary) in MEASURES.items())
    ends = "Each measure has --help. DATA is a CSV file with named columns, or - for standard input."
    return f"usage: {PROGRAM} MEASURE [DATA] [options]\n\n{rows}\n\n{ends}"


def main(argv: Sequence[str]) -> int:
    """Print the measure as JSON and return 0; or say on standard error what is wrong and return 2."""
    if not argv or argv[0] in {"-h", "--help"}:
        print(overview())
        return 0 if argv else 2
    name, rest = argv[0], argv[1:]
    if name not in MEASURES:
        print(f"There is no measure “{name}”; there are {', '.join(MEASURES)}.", file=sys.stderr)
        return 2
    where, summary = MEASURES[name]
    command = import_module(f"{__name__}.{where}").COMMANDS[name]
    parser = Parser(allow_abbrev=False, prog=f"{PROGRAM} {name}", description=summary[:1].upper() + summary[1:] + ".")
    command.arguments(parser)
    if command.has_interval:
        parser.add_argument("--level", type=float, default=0.95, help="confidence of the interval (default .95)")
    try:
        estimate = command.run(parser.parse_args(rest))
    except StatisticsError as error:
        print(error, file=sys.stderr)
        return 2
    indent = 2 if sys.stdout.isatty() else None
    print(json.dumps(estimate.as_dict(), ensure_ascii=False, allow_nan=False, indent=indent))
    return 0
