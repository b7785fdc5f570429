"""invariance, e-value, moderation."""

from argparse import ArgumentParser, Namespace

from evaluation.statistics.command.table import Command, data_arguments, read, scale, scale_arguments
from evaluation.statistics.estimate import Estimate, StatisticsError
from evaluation.statistics.invariance import invariance
from evaluation.statistics.moderation import moderation
from evaluation.statistics.sensitivity import e_value_of


def invariance_arguments(parser: ArgumentParser) -> None:
    scale_arguments(parser)
    parser.add_argument("--group", required=True, help="column that names the group, such as the language")
    parser.add_argument("--groups", nargs=2, metavar=("FIRST", "SECOND"), required=True, help="which two are compared")


def run_invariance(args: Namespace) -> Estimate:
    items, member = scale(args), read(args).texts(args.group)
    if empty := next((each for each in args.groups if each not in member), None):
        raise StatisticsError(f"Nobody is in group “{empty}”.")
    first, second = (items[[each == group for each in member]] for group in args.groups)
    return invariance(first, second, names=args.columns)


def e_value_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--of", type=float, nargs=3, metavar=("D", "SE", "N"), required=True,
                        help="a standardised difference, its standard error, and how many people")  # fmt: skip


def run_e_value(args: Namespace) -> Estimate:
    difference, se, n = args.of
    return e_value_of(difference, se, int(n))


def moderation_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument("--x", required=True, help="column whose path may change")
    parser.add_argument("--condition", required=True, help="column that may change it")
    parser.add_argument("--y", required=True, help="column where it ends")
    parser.add_argument("--cluster", help="column that names the relationship; whole relationships are resampled")
    parser.add_argument("--draws", type=int, default=5000, help="bootstrap samples (default 5000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same limits (default 1)")


def run_moderation(args: Namespace) -> Estimate:
    table = read(args)
    return moderation(
        *(table.numbers(column) for column in (args.x, args.condition, args.y)),
        clusters=table.texts(args.cluster) if args.cluster else None,
        names=(args.x, args.condition, args.y),
        draws=args.draws,
        seed=args.seed,
        level=args.level,
    )


COMMANDS = {
    "invariance": Command(invariance_arguments, run_invariance, has_interval=False),
    "e-value": Command(e_value_arguments, run_e_value, has_interval=False),
    "moderation": Command(moderation_arguments, run_moderation),
}
