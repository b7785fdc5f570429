"""kaplan-meier, log-rank, cox."""

from argparse import ArgumentParser, Namespace

from evaluation.statistics.command.table import Command, data_arguments, read
from evaluation.statistics.durations import INTERVALS, durations, log_rank, share_lasting
from evaluation.statistics.estimate import Estimate
from evaluation.statistics.hazards import TIES, cox


def duration_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument("--time", required=True, help="column of the duration so far")
    parser.add_argument("--ended", required=True, help="column: 1 it has ended, 0 not yet (censored)")


def kaplan_meier_arguments(parser: ArgumentParser) -> None:
    duration_arguments(parser)
    parser.add_argument("--at", type=float, help="give the share that lasts beyond this time instead of the median")
    parser.add_argument("--interval", choices=INTERVALS, default="log-log", help="default log-log")


def run_kaplan_meier(args: Namespace) -> Estimate:
    table = read(args)
    times, ended = table.numbers(args.time), table.numbers(args.ended)
    if args.at is not None:
        return share_lasting(times, ended, args.at, interval=args.interval, level=args.level)
    return durations(times, ended, interval=args.interval, level=args.level)


def log_rank_arguments(parser: ArgumentParser) -> None:
    duration_arguments(parser)
    parser.add_argument("--group", required=True, help="column that names the group")


def run_log_rank(args: Namespace) -> Estimate:
    table = read(args)
    return log_rank(table.numbers(args.time), table.numbers(args.ended), table.texts(args.group))


def cox_arguments(parser: ArgumentParser) -> None:
    duration_arguments(parser)
    parser.add_argument("--predictors", nargs="+", required=True, help="columns of numbers")
    parser.add_argument("--ties", choices=TIES, default="efron", help="default efron")


def run_cox(args: Namespace) -> Estimate:
    table = read(args)
    predictors = [table.numbers(column) for column in args.predictors]
    times, ended = table.numbers(args.time), table.numbers(args.ended)
    return cox(times, ended, predictors, names=args.predictors, ties=args.ties, level=args.level)


COMMANDS = {
    "kaplan-meier": Command(kaplan_meier_arguments, run_kaplan_meier),
    "log-rank": Command(log_rank_arguments, run_log_rank, has_interval=False),
    "cox": Command(cox_arguments, run_cox),
}
