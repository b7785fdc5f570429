"""paired-g, g-z, independent-g, wilson, goals."""

from argparse import ArgumentParser, Namespace

from evaluation.statistics.command.table import Command, columns, data_arguments, given, read
from evaluation.statistics.effects import g_z, g_z_of, independent_g, independent_g_of, paired_g, paired_g_of
from evaluation.statistics.estimate import Estimate, StatisticsError
from evaluation.statistics.goals import goal_t
from evaluation.statistics.proportions import wilson


def change_arguments(parser: ArgumentParser, *summary: str) -> None:
    data_arguments(parser, optional=True)
    parser.add_argument("--before", help="column of the first measurement")
    parser.add_argument("--after", help="column of the second; a positive g is a rise")
    parser.add_argument(
        "--of", type=float, nargs=len(summary), metavar=summary, help="a published summary, instead of a file"
    )


def paired_arguments(parser: ArgumentParser) -> None:
    change_arguments(parser, "MEAN_DIFFERENCE", "SD_DIFFERENCE", "R", "N")


def run_paired(args: Namespace) -> Estimate:
    if args.of:
        mean, sd, r, n = args.of
        return paired_g_of(mean, sd, r, int(n), level=args.level)
    before, after = columns(args, "before", "after")
    return paired_g(before, after, level=args.level)


def g_z_arguments(parser: ArgumentParser) -> None:
    change_arguments(parser, "MEAN_DIFFERENCE", "SD_DIFFERENCE", "N")


def run_g_z(args: Namespace) -> Estimate:
    if args.of:
        mean, sd, n = args.of
        return g_z_of(mean, sd, int(n), level=args.level)
    before, after = columns(args, "before", "after")
    return g_z(before, after, level=args.level)


def independent_arguments(parser: ArgumentParser) -> None:
    data_arguments(parser, optional=True)
    parser.add_argument("--value", help="column of the measurement")
    parser.add_argument("--group", help="column that names the group")
    parser.add_argument("--groups", nargs=2, metavar=("FIRST", "SECOND"), help="g is the first minus the second")
    summary = ("MEAN1", "SD1", "N1", "MEAN2", "SD2", "N2")
    parser.add_argument("--of", type=float, nargs=6, metavar=summary, help="a published summary, instead of a file")


def run_independent(args: Namespace) -> Estimate:
    if args.of:
        mean1, sd1, n1, mean2, sd2, n2 = args.of
        return independent_g_of(mean1, sd1, int(n1), mean2, sd2, int(n2), level=args.level)
    given(args, "value", "group")
    table = read(args)
    values, member = table.numbers(args.value), table.texts(args.group)
    found = sorted({each for each in member if each is not None})
    groups = args.groups or found
    if len(groups) != 2:
        raise StatisticsError(f"Two groups are compared; column {args.group} has {len(found)}: name two with --groups.")
    if empty := next((each for each in groups if each not in found), None):
        raise StatisticsError(
            f"Nobody is in group “{empty}”; column {args.group} has {', '.join(found) or 'no group'}."
        )
    first, second = (values[[each == group for each in member]] for group in groups)
    return independent_g(first, second, level=args.level)


def wilson_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--count", type=int, required=True, help="how many did")
    parser.add_argument("--n", type=int, required=True, help="of how many")


def run_wilson(args: Namespace) -> Estimate:
    return wilson(args.count, args.n, level=args.level)


def goals_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--ratings", type=int, nargs="+", required=True, help="-2 to 2 for each goal, 0 is as hoped")
    parser.add_argument("--weights", type=float, nargs="+", help="one for each goal (default: equal)")
    parser.add_argument("--p", type=float, default=0.3, help="assumed correlation of goals (default .3)")


def run_goals(args: Namespace) -> Estimate:
    return goal_t(args.ratings, args.weights, p=args.p)


COMMANDS = {
    "paired-g": Command(paired_arguments, run_paired),
    "g-z": Command(g_z_arguments, run_g_z),
    "independent-g": Command(independent_arguments, run_independent),
    "wilson": Command(wilson_arguments, run_wilson),
    "goals": Command(goals_arguments, run_goals, has_interval=False),
}
