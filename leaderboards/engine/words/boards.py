"""A board and its cuts in words: what counts, who is ranked, the order and its ties, who goes on."""

from collections.abc import Iterator
from fractions import Fraction

from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop, ngettext
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
from leaderboards.engine.words.phrases import best_of, clock, listed, missing, number, percent, weighted, with_rounding

PLACES = {
    PlaceStyle.STANDARD: gettext_noop("Equal teams share a place, and as many places are skipped after them (1, 2, 2, 4)."),
    PlaceStyle.DENSE: gettext_noop("Equal teams share a place, and none is skipped after them (1, 2, 2, 3)."),
    PlaceStyle.FRACTIONAL: gettext_noop("Equal teams share the mean of the places they fill (1, 2.5, 2.5, 4)."),
}
EVERYONE = {
    Ranked.LAST: gettext_noop("Ranked is who took part in {last}."),
    Ranked.ANY: gettext_noop("Ranked is who took part in any of its rounds."),
    Ranked.ALL: gettext_noop("Ranked is who took part in all of its rounds."),
    Ranked.ENROLLED: gettext_noop("Every team is listed."),
}
CREDIT = {
    Credited.ORIGINATORS: gettext_noop("The score is the points that came back to a team from others' work on its ideas."),
    Credited.BUILDERS: gettext_noop("The score is the points that a team has earned by work that builds on others' ideas."),
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
        yield _("Listed is every attempt that beat the best one standing at its time; an equal one does not.")
    elif board.source is Source.POINTS:
        yield _("The score is the points that a team has earned by its acts.")
        yield from _order(scoring, board)
    elif board.source is Source.CREDIT:
        yield _(CREDIT[board.who])
        yield from _order(scoring, board)
    else:
        yield from _counted(scoring, board)
        yield from _order(scoring, board)
    if board.freeze is not None:
        yield _(
            "From {freeze} after the opening on, the public sees later attempts as pending until the board is revealed.",
            freeze=clock(board.freeze),
        )


def _counted(scoring: Scoring, board: BoardSpec) -> Iterator[str]:
    rounds = board_rounds(scoring, board)
    titles = {one.key: one.title for one in rounds}
    weights = board_weights(scoring, board)
    names = [(_("the score of {titles}", titles=titles[key]), weight) for key, weight in weights.items()]
    if board.challenges is not None:
        tasks = {one.key: one.title for one in scoring.challenges}
        only = listed(tasks.get(key, key) for key in board.challenges)
        yield ngettext(
            "Only {names} counts on this board.", "Only {names} count on this board.", len(board.challenges), names=only
        )
    if board.points is not None:
        table = (
            _("one point for every team behind") if board.points == "borda" else ", ".join(number(one) for one in board.points)
        )
        yield _("Places in each round become points first: {table}; equal places share.", table=table)
        names = [(_("the points of {titles}", titles=titles[key]), weight) for key, weight in weights.items()]
    if board.half_life is not None:
        yield _(
            "What a round gave counts half after {half_life} days, a quarter after twice that, and so on.",
            half_life=number(board.half_life),
        )
    if names:
        yield with_rounding(weighted(names, board.combine, _("The score")), board.decimals, board.rounding, scoring)
    if len(names) > 1:
        yield best_of(board.best, _("round"), _("rounds")) + missing(board.missing, _("round"), _("score on this board"))
        forgotten = [one.title for one in scoring.rounds if one.key not in titles]
        if forgotten:
            yield ngettext("{names} does not count here.", "{names} do not count here.", len(forgotten), names=listed(forgotten))


def _order(scoring: Scoring, board: BoardSpec) -> Iterator[str]:
    rounds = board_rounds(scoring, board)
    last = rounds[-1].title if rounds else _("the last round")
    who = _(EVERYONE[board.ranked], last=last)
    yield _("{who} Each {within} is ranked on its own.", who=who, within=board.within) if board.within else who
    steps = [in_words(scoring, board, text) for text in board.order]
    chain = _("{step} is better", step=steps[0].capitalize())
    if steps[1:]:
        ties = _(", then ").join(_("the {step}", step=step) for step in steps[1:])
        chain = _("{better}; ties go to {ties}", better=chain, ties=ties)
    yield f"{chain}. {_(PLACES[board.places])}"
    yield _("Teams without a score, withdrawn or disqualified are listed after the others, without a place.")


def cut_rules(scoring: Scoring, cut: CutSpec) -> list[str]:
    """A cut in words: one sentence for the line, one for ties, one for wildcards."""
    board = find_board(scoring, cut.board)
    name = board.title if board is not None else cut.board
    rounds = {one.key: one.title for one in scoring.rounds}
    within = _(" of each {within}", within=board.within) if board is not None and board.within else ""
    rules = [
        _(
            "From the board {name} into {rounds} go {line}.",
            name=name,
            rounds=rounds.get(cut.to, cut.to),
            line=_line(scoring, cut, board, within),
        )
    ]
    if cut.first is not None or cut.share is not None:
        rules.append(
            {
                CutTies.INCLUDE: _("All who share the last place that goes on go on."),
                CutTies.EXCLUDE: _("Who share a place across the line do not go on."),
                CutTies.DECIDE: _("A tie across the line is settled by a recorded decision."),
            }[cut.ties]
        )
    if cut.wildcards:
        rules.append(
            ngettext(
                "Up to {count} more team can be let in by a recorded decision with a reason.",
                "Up to {count} more teams can be let in by a recorded decision with a reason.",
                cut.wildcards,
                count=cut.wildcards,
            )
        )
    return rules


def _line(scoring: Scoring, cut: CutSpec, board: BoardSpec | None, within: str) -> str:
    if cut.all:
        return _("all who have a place{within}", within=within)
    if cut.share is not None:
        return _("the best {share}{within}, rounded up", share=percent(cut.share), within=within)
    if cut.at_least is not None:
        return _("all{within} with a score of {threshold}", within=within, threshold=threshold(scoring, board, cut.at_least))
    if isinstance(cut.first, dict):
        return _("the first {names}", names=listed(f"{count} ({name})" for name, count in cut.first.items()))
    return _("the first {first}{within}", first=cut.first, within=within)


def threshold(scoring: Scoring, board: BoardSpec | None, value: Fraction, by: str = "score") -> str:
    """What reaches a value: "80 or more", or "80 or less" where the board orders the value low."""
    low = (
        board is not None
        and resolve(scoring, board, by) is not None
        and (by, True) in {split_order(text) for text in board.order}
    )
    return _("{value} or less", value=number(value)) if low else _("{value} or more", value=number(value))
