"""holm, benjamini-hochberg."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable

from evaluation.statistics.command.table import Command, data_arguments, given, read
from evaluation.statistics.estimate import Estimate
from evaluation.statistics.multiplicity import Adjusted, benjamini_hochberg, holm


def arguments(parser: ArgumentParser) -> None:
    data_arguments(parser, optional=True)
    parser.add_argument("--p", type=float, nargs="+", help="the p-values, instead of a file")
    parser.add_argument("--column", help="column of p-values")
    parser.add_argument("--names", help="column that names the tests")
    parser.add_argument("--at", type=float, default=0.05, help="error rate to keep (default .05)")


def run_with(adjust: Callable[..., Adjusted]) -> Callable[[Namespace], Estimate]:
    def run(args: Namespace) -> Estimate:
        if args.p:
            return adjust(args.p, at=args.at)
        given(args, "column")
        table = read(args)
        names = [each or "" for each in table.texts(args.names)] if args.names else None
        return adjust(table.numbers(args.column), at=args.at, names=names)

    return run


COMMANDS = {
    "holm": Command(arguments, run_with(holm), has_interval=False),
    "benjamini-hochberg": Command(arguments, run_with(benjamini_hochberg), has_interval=False),
}
