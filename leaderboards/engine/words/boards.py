"""A board and its cuts in words: what counts, who is ranked, the order and its ties, who goes on."""

from collections.abc import Iterator
from fractions import Fraction

from leaderboards.engine.names import resolve, split_order
from leaderboards.engine.spec import (
    BoardSpec,
    Credited,
    CutSpec,
    CutTies,
    PlaceStyle,
    Ranked,
    Rows,
    Scoring,
    Source,
    board_rounds,
    board_weights,
    expand_boards,
)
from leaderboards.engine.words.names import in_words
from leaderboards.engine.words.phrases import best_of, clock, listed, missing, number, percent, plural, weighted, with_rounding

PLACES = {
    PlaceStyle.STANDARD: "Equal groups share a place, and as many places are skipped after them (1, 2, 2, 4).",
    PlaceStyle.DENSE: "Equal groups share a place, and none is skipped after them (1, 2, 2, 3).",
    PlaceStyle.FRACTIONAL: "Equal groups share the mean of the places they fill (1, 2.5, 2.5, 4).",
}
EVERYONE = {
    Ranked.LAST: "Ranked is who took part in {last}.",
    Ranked.ANY: "Ranked is who took part in any of its rounds.",
    Ranked.ALL: "Ranked is who took part in all of its rounds.",
    Ranked.ENROLLED: "Every group is listed.",
}
CREDIT = {
    Credited.ORIGINATORS: "The score is the points that came back to a group from others' work on its ideas.",
    Credited.BUILDERS: "The score is the points that a group has earned by work that builds on others' ideas.",
}


def board_rules(scoring: Scoring, board_key: str) -> list[str]:
    """Every rule of a board; empty if there is no such board."""
    board = find_board(scoring, board_key)
    return [] if board is None else list(_rules(scoring, board))


def find_board(scoring: Scoring, key: str) -> BoardSpec | None:
    """The board with this key, also one that stands for a round."""
    return next((one for one in expand_boards(scoring) if one.id == key), None)


def _rules(scoring: Scoring, board: BoardSpec) -> Iterator[str]:
    if board.rows is Rows.RECORDS:
        yield "Listed is every attempt that beat the best one standing at its time; an equal one does not."
    elif board.source is Source.POINTS:
        yield "The score is the points that a group has earned by its acts."
        yield from _order(scoring, board)
    elif board.source is Source.CREDIT:
        yield CREDIT[board.who]
        yield from _order(scoring, board)
    else:
        yield from _counted(scoring, board)
        yield from _order(scoring, board)
    if board.freeze is not None:
        yield f"From {clock(board.freeze)} after the opening on, the public sees later attempts as pending until the board is revealed."


def _counted(scoring: Scoring, board: BoardSpec) -> Iterator[str]:
    rounds = board_rounds(scoring, board)
    titles = {one.key: one.title for one in rounds}
    weights = board_weights(scoring, board)
    names = [(f"the score of {titles[key]}", weight) for key, weight in weights.items()]
    if board.challenges is not None:
        tasks = {one.key: one.title for one in scoring.challenges}
        verb = "counts" if len(board.challenges) == 1 else "count"
        yield f"Only {listed(tasks.get(key, key) for key in board.challenges)} {verb} on this board."
    if board.points is not None:
        table = "one point for every group behind" if board.points == "borda" else ", ".join(number(one) for one in board.points)
        yield f"Places in each round become points first: {table}; equal places share."
        names = [(f"the points of {titles[key]}", weight) for key, weight in weights.items()]
    if board.half_life is not None:
        yield f"What a round gave counts half after {number(board.half_life)} days, a quarter after twice that, and so on."
    if names:
        yield with_rounding(weighted(names, board.combine, "The score"), board.decimals, board.rounding, scoring)
    if len(names) > 1:
        yield best_of(board.best, "round") + missing(board.missing, "round", "score on this board")
        forgotten = [one.title for one in scoring.rounds if one.key not in titles]
        if forgotten:
            yield f"{listed(forgotten)} {'does' if len(forgotten) == 1 else 'do'} not count here."


def _order(scoring: Scoring, board: BoardSpec) -> Iterator[str]:
    rounds = board_rounds(scoring, board)
    last = rounds[-1].title if rounds else "the last round"
    who = EVERYONE[board.ranked].format(last=last)
    yield f"{who} Each {board.within} is ranked on its own." if board.within else who
    steps = [in_words(scoring, board, text) for text in board.order]
    chain = f"{steps[0].capitalize()} is better" + (
        "; ties go to " + ", then ".join(f"the {step}" for step in steps[1:]) if steps[1:] else ""
    )
    yield f"{chain}. {PLACES[board.places]}"
    yield "Groups without a score, withdrawn or disqualified are listed after the others, without a place."


def cut_rules(scoring: Scoring, cut: CutSpec) -> list[str]:
    """A cut in words: one sentence for the line, one for ties, one for wildcards."""
    board = find_board(scoring, cut.board)
    name = board.title if board is not None else cut.board
    rounds = {one.key: one.title for one in scoring.rounds}
    within = f" of each {board.within}" if board is not None and board.within else ""
    rules = [f"From the board {name} into {rounds.get(cut.to, cut.to)} go {_line(scoring, cut, board, within)}."]
    if cut.first is not None or cut.share is not None:
        rules.append(
            {
                CutTies.INCLUDE: "All who share the last place that goes on go on.",
                CutTies.EXCLUDE: "Who share a place across the line do not go on.",
                CutTies.DECIDE: "A tie across the line is settled by a recorded decision.",
            }[cut.ties]
        )
    if cut.wildcards:
        rules.append(f"Up to {plural(cut.wildcards, 'more group')} can be let in by a recorded decision with a reason.")
    return rules


def _line(scoring: Scoring, cut: CutSpec, board: BoardSpec | None, within: str) -> str:
    if cut.all:
        return f"all who have a place{within}"
    if cut.share is not None:
        return f"the best {percent(cut.share)}{within}, rounded up"
    if cut.at_least is not None:
        return f"all{within} with a score of {threshold(scoring, board, cut.at_least)}"
    if isinstance(cut.first, dict):
        return "the first " + listed(f"{count} ({name})" for name, count in cut.first.items())
    return f"the first {cut.first}{within}"


def threshold(scoring: Scoring, board: BoardSpec | None, value: Fraction, by: str = "score") -> str:
    """What reaches a value: "80 or more", or "80 or less" where the board orders the value low."""
    low = (
        board is not None
        and resolve(scoring, board, by) is not None
        and (by, True) in {split_order(text) for text in board.order}
    )
    return f"{number(value)} or {'less' if low else 'more'}"
