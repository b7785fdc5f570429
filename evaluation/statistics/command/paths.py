"""mediation, cross-lagged, mixed, theil-sen."""

from argparse import ArgumentParser, Namespace

import numpy as np

from evaluation.statistics.command.table import Command, data_arguments, read
from evaluation.statistics.estimate import Estimate
from evaluation.statistics.growth import mixed_model
from evaluation.statistics.lagged import cross_lagged
from evaluation.statistics.paths import BCA, PERCENTILE, mediation
from evaluation.statistics.slopes import slope


def mediation_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument("--x", required=True, help="column where the path begins")
    parser.add_argument("--mediators", nargs="+", required=True, help="one for simple, more in their order for serial")
    parser.add_argument("--y", required=True, help="column where it ends")
    parser.add_argument("--covariates", nargs="+", default=[], help="columns that every equation takes in")
    parser.add_argument("--cluster", help="column that names the relationship; whole relationships are resampled")
    parser.add_argument("--interval", choices=(PERCENTILE, BCA), default=PERCENTILE, help="default percentile")
    parser.add_argument("--draws", type=int, default=5000, help="bootstrap samples (default 5000)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same limits (default 1)")


def run_mediation(args: Namespace) -> Estimate:
    table = read(args)
    return mediation(
        table.numbers(args.x),
        [table.numbers(column) for column in args.mediators],
        table.numbers(args.y),
        clusters=table.texts(args.cluster) if args.cluster else None,
        covariates=[table.numbers(column) for column in args.covariates],
        names=[args.x, *args.mediators, args.y],
        draws=args.draws,
        interval=args.interval,
        seed=args.seed,
        level=args.level,
    )


def lagged_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument("--first", nargs="+", required=True, help="columns of the first variable, wave by wave")
    parser.add_argument("--second", nargs="+", required=True, help="columns of the second variable, wave by wave")
    parser.add_argument("--cluster", help="column that names the relationship; errors may be alike within one")


def run_lagged(args: Namespace) -> Estimate:
    table = read(args)
    first, second = (
        np.column_stack([table.numbers(column) for column in columns]) for columns in (args.first, args.second)
    )
    clusters = table.texts(args.cluster) if args.cluster else None
    return cross_lagged(first, second, clusters=clusters, names=(args.first[0], args.second[0]), level=args.level)


def mixed_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument("--outcome", required=True, help="column of the measurement")
    parser.add_argument("--wave", required=True, help="column of the wave as a number")
    parser.add_argument("--relationship", required=True, help="column that names the relationship")
    parser.add_argument("--role", help="column that names the role")
    parser.add_argument("--programme", help="column that names the programme: random from 8 programmes, else fixed")


def run_mixed(args: Namespace) -> Estimate:
    table = read(args)
    return mixed_model(
        table.numbers(args.outcome),
        table.numbers(args.wave),
        table.texts(args.relationship),
        role=table.texts(args.role) if args.role else None,
        programme=table.texts(args.programme) if args.programme else None,
        level=args.level,
    )


def theil_sen_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument("--value", required=True, help="column of the measurement")
    parser.add_argument("--at", required=True, help="column of its moment as a number")


def run_theil_sen(args: Namespace) -> Estimate:
    table = read(args)
    return slope(table.numbers(args.value), table.numbers(args.at), level=args.level)


COMMANDS = {
    "mediation": Command(mediation_arguments, run_mediation),
    "cross-lagged": Command(lagged_arguments, run_lagged),
    "mixed": Command(mixed_arguments, run_mixed),
    "theil-sen": Command(theil_sen_arguments, run_theil_sen),
}
