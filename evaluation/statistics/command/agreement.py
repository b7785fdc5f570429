"""agreement, kappa, fleiss, icc."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

import numpy as np

from evaluation.statistics.agreement import (
    WEIGHTS,
    agreement_of,
    fleiss,
    fleiss_of_ratings,
    kappa,
    kappa_of_table,
    percent_agreement,
)
from evaluation.statistics.command.table import Command, data_arguments, given, number, plain_number, read
from evaluation.statistics.estimate import Estimate, StatisticsError, complete_rows
from evaluation.statistics.icc import FORMS, icc


def agreement_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser, optional=True)
    parser.add_argument("--columns", nargs=2, metavar=("FIRST", "SECOND"), help="the two codings")
    parser.add_argument("--counts", type=int, nargs=2, metavar=("AGREED", "OF"), help="instead of a file")


def run_agreement(args: Namespace) -> Estimate:
    if args.counts:
        return percent_agreement(*args.counts, level=args.level)
    given(args, "columns")
    table = read(args)
    first, second = (table.answers(column) for column in args.columns)
    return agreement_of(first, second, level=args.level)


def kappa_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser, optional=True)
    parser.add_argument("--columns", nargs=2, metavar=("FIRST", "SECOND"), help="the two codings")
    parser.add_argument("--table", nargs="+", metavar="ROW", help="a published table, such as 88,14,18 10,40,10 2,6,12")
    parser.add_argument("--weights", choices=WEIGHTS, default="none", help="weights for near misses (default none)")
    parser.add_argument("--categories", nargs="+", help="all categories from the lowest to the highest")


def run_kappa(args: Namespace) -> Estimate:
    if args.table:
        return kappa_of_table(counts_of(args.table), weights=args.weights, categories=args.categories, level=args.level)
    given(args, "columns")
    table = read(args)
    first, second = (table.answers(column) for column in args.columns)
    categories: list[str | float] | None = args.categories
    if args.categories and not any(isinstance(each, str) for each in (*first, *second)):
        values = [number(each, ";") for each in args.categories]
        categories = [plain_number(each) for each in values if each is not None]
    return kappa(first, second, weights=args.weights, categories=categories, level=args.level)


def counts_of(rows: Sequence[str]) -> list[list[int]]:
    """A table of counts as it is typed, one word for each row."""
    try:
        counts = [[int(cell) for cell in row.split(",")] for row in rows]
    except ValueError as error:
        raise StatisticsError(
            "A table is typed as whole numbers with commas, a space between rows: 8,2 1,9."
        ) from error
    if len({len(row) for row in counts}) != 1:
        raise StatisticsError("The rows of the table have different lengths.")
    return counts


def fleiss_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument("--columns", nargs="+", required=True, help="one column for each rater")
    parser.add_argument("--counts", action="store_true", help="the columns are categories that count their raters")


def run_fleiss(args: Namespace) -> Estimate:
    table = read(args)
    if args.counts:
        counts, rule = complete_rows(np.column_stack([table.numbers(column, low=0) for column in args.columns]))
        return fleiss(counts, categories=args.columns, missing=rule, level=args.level)
    by_rater = [table.answers(column) for column in args.columns]
    return fleiss_of_ratings(list(zip(*by_rater, strict=True)), level=args.level)


def icc_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser)
    parser.add_argument(
        "--columns", nargs="+", required=True, help="one column for each rater; a row is what was rated"
    )
    parser.add_argument(
        "--form", choices=FORMS, default="2,1", help="which one is the value (default 2,1); all are given"
    )


def run_icc(args: Namespace) -> Estimate:
    table = read(args)
    ratings = np.column_stack([table.numbers(column) for column in args.columns])
    return icc(ratings, form=args.form, level=args.level)


COMMANDS = {
    "agreement": Command(agreement_arguments, run_agreement),
    "kappa": Command(kappa_arguments, run_kappa),
    "fleiss": Command(fleiss_arguments, run_fleiss),
    "icc": Command(icc_arguments, run_icc),
}
