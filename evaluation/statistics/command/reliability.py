"""alpha, omega, spearman-brown."""

from argparse import ArgumentParser, Namespace

from evaluation.statistics.command.table import Command, scale, scale_arguments
from evaluation.statistics.estimate import Estimate, StatisticsError
from evaluation.statistics.factor import omega
from evaluation.statistics.reliability import LISTWISE, PAIRWISE, alpha, spearman_brown


def alpha_arguments(parser: ArgumentParser) -> None:
    scale_arguments(parser)
    parser.add_argument("--missing", choices=(LISTWISE, PAIRWISE), default=LISTWISE, help="rule for missing answers")


def run_alpha(args: Namespace) -> Estimate:
    return alpha(scale(args), names=args.columns, missing=args.missing, level=args.level)


def run_omega(args: Namespace) -> Estimate:
    return omega(scale(args), names=args.columns, level=args.level)


def run_spearman_brown(args: Namespace) -> Estimate:
    if len(args.columns) != 2:
        raise StatisticsError(f"Spearman-Brown is for 2 columns; {len(args.columns)} were named.")
    items = scale(args)
    return spearman_brown(items[:, 0], items[:, 1], level=args.level)


COMMANDS = {
    "alpha": Command(alpha_arguments, run_alpha),
    "omega": Command(scale_arguments, run_omega),
    "spearman-brown": Command(scale_arguments, run_spearman_brown),
}
