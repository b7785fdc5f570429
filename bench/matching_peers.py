"""How each peer is asked for the same assignment, as its own manual says. Needs only what `.venv-bench` holds.

Every function takes ready scores (below 0: the pair may not be) and places, and returns the mentor of each mentee, -1 for
nobody. Scoring is not asked of the peers. What one more person is worth more than all points is added to every score, so
that all exact peers maximise what the engine does: the most people, then the highest total.
"""

import sys
from collections.abc import Callable
from importlib import import_module

import numpy as np
from numpy.typing import NDArray

Mates = NDArray[np.int64]


def person(scores: NDArray, places: NDArray) -> int:
    """More than a chain of changes can lose in points."""
    return 2 * 10_000 * max(min(len(scores), int(places.sum())), 1) + 1


def scipy(scores: NDArray, places: NDArray) -> Mates:
    """Dense assignment with seats expanded; 0 is staying alone."""
    seats = np.repeat(np.arange(len(places)), places)
    table = np.empty((len(scores), len(seats)))
    more = person(scores, places)
    for row, known in enumerate(scores):
        np.copyto(table[row], np.where(known >= 0, known.astype(np.int64) + more, 0)[seats])
    rows, columns = import_module("scipy.optimize").linear_sum_assignment(table, maximize=True)
    return _mates(len(scores), rows[table[rows, columns] > 0], seats[columns[table[rows, columns] > 0]])


def networkx(scores: NDArray, places: NDArray) -> Mates:
    """A minimum-cost flow with one arc per pair."""
    nx = import_module("networkx")
    n, more = len(scores), person(scores, places)
    graph = nx.DiGraph()
    graph.add_node("out", demand=n)
    for row in range(n):
        graph.add_node(row, demand=-1)
        graph.add_edge(row, "out", capacity=1, weight=0)
    for column, room in enumerate(places.tolist()):
        graph.add_edge(n + column, "out", capacity=room, weight=0)
    rows, columns = np.nonzero(scores >= 0)
    for row, column, score in zip(rows.tolist(), columns.tolist(), scores[rows, columns].tolist(), strict=True):
        graph.add_edge(row, n + column, capacity=1, weight=-(score + more))
    _, flow = nx.network_simplex(graph)
    pairs = [(row, column - n) for row in range(n) for column, used in flow[row].items() if used and column != "out"]
    return _mates(n, *np.array(pairs, np.int64).reshape(-1, 2).T)


def munkres(scores: NDArray, places: NDArray) -> Mates:
    """A square of costs as lists."""
    seats = np.repeat(np.arange(len(places)), places)
    worth = np.where(scores >= 0, scores.astype(np.int64) + person(scores, places), 0)[:, seats]
    pairs = import_module("munkres").Munkres().compute((worth.max(initial=0) - worth).tolist())
    used = [(row, seats[column]) for row, column in pairs if worth[row, column] > 0]
    return _mates(len(scores), *np.array(used, np.int64).reshape(-1, 2).T)


def mentor_match(scores: NDArray, places: NDArray) -> Mates:
    """One round with a rule that looks the score up, the cheapest rule there is; a mentor with two places enters twice."""
    process = import_module("matching.process")
    worth = np.where(scores >= 0, scores.astype(np.int64) + person(scores, places), 0).tolist()

    class Known:
        def apply(self, match: object) -> int:
            found = worth[match.mentee.grade][match.mentor.grade]
            match.disallowed = not found
            return found

    seats = np.repeat(np.arange(len(places)), places).tolist()
    mentors = [process.Mentor(grade=column, email=f"mentor {seat}") for seat, column in enumerate(seats)]
    mentees = [process.Mentee(grade=row, email=f"mentee {row}") for row in range(len(scores))]
    process.process_data(mentors, mentees, [[Known()]])
    pairs = [(row, mentee.mentors[0].grade) for row, mentee in enumerate(mentees) if mentee.mentors]
    return _mates(len(scores), *np.array(pairs, np.int64).reshape(-1, 2).T)


def matching(scores: NDArray, places: NDArray, other: NDArray | None = None) -> Mates:
    """Hospitals and residents, proposed to by the residents; ties by the other's view, then by row."""
    sys.setrecursionlimit(10**6)  # its game copies itself player by player, each inside the one before
    other = scores if other is None else other
    mine, theirs = (one.astype(np.int64) * (1 << 14) + two for one, two in ((scores, other), (other, scores)))
    may = (scores >= 0) & (places > 0)
    wanted, wanting = _ranked(mine, may), _ranked(theirs.T, may.T)
    room = {column: int(places[column]) for column in wanting}
    game = import_module("matching.games").HospitalResident.create_from_dictionaries(wanted, wanting, room)
    pairs = [(mentee.name, mentor.name) for mentor, mentees in game.solve().items() for mentee in mentees]
    return _mates(len(scores), *np.array(pairs, np.int64).reshape(-1, 2).T)


def _ranked(views: NDArray, may: NDArray) -> dict[int, list[int]]:
    """For everybody with a choice those who may be, the best first."""
    orders = np.argsort(-views, axis=1, kind="stable")
    return {one: order[may[one, order]].tolist() for one, order in enumerate(orders) if may[one].any()}


def _mates(n: int, rows: NDArray, columns: NDArray) -> Mates:
    mate = np.full(n, -1, np.int64)
    mate[rows] = columns
    return mate


PEERS: dict[str, Callable[..., Mates]] = {
    "matching": matching,
    "mentor-match": mentor_match,
    "networkx": networkx,
    "munkres": munkres,
    "scipy dense": scipy,
}
