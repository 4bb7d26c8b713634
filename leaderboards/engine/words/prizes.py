"""Awards in words: who earns them, and what money does at ties."""

from collections.abc import Iterator

from leaderboards.engine.spec import AwardSpec, AwardTies, BoardSpec, Edge, Scoring, expand_boards
from leaderboards.engine.words.boards import find_board, threshold
from leaderboards.engine.words.names import name_in_words
from leaderboards.engine.words.phrases import listed, ordinal, percent


def award_rules(scoring: Scoring, award_key: str) -> list[str]:
    """Every rule of an award; empty if there is no such award. Amounts are given in whole units of 100 cents."""
    award = next((one for one in scoring.awards if one.key == award_key), None)
    if award is None:
        return []
    board = find_board(scoring, award.board) if award.board else next(iter(expand_boards(scoring)), None)
    return list(_rules(scoring, award, board))


def _rules(scoring: Scoring, award: AwardSpec, board: BoardSpec | None) -> Iterator[str]:
    name = board.title if board is not None else "the main board"
    within = f", in each {board.within}" if board is not None and board.within else ""
    conditions = list(_conditions(scoring, award, board))
    if award.decided:
        yield f"{award.title} is given by a recorded decision."
    elif conditions:
        yield f"{award.title} goes to {', and of these '.join(conditions)}, on the board {name}{within}."
    yield from _money(scoring, award, board, f"{name}{within}")
    if award.ties is AwardTies.DECIDE:
        yield f"Where groups share a place that decides {award.title}, a recorded decision says who comes first."
    if award.sessions:
        many = "one session with an expert" if award.sessions == 1 else f"{award.sessions} sessions with experts"
        yield f"{award.title} brings {many}, beside the office hours that every group has."
    if award.set is not None:
        titles = [one.title for one in scoring.awards if one.set == award.set]
        if len(titles) > 1:
            yield f"A group gets only one of {listed(titles)}: the first that it earns, in this order."
    if award.pass_on:
        other = ", or has another prize that excludes it," if award.set is not None else ""
        yield f"If a group does not take {award.title}{other} it keeps its place, and the prize passes to the next."


def _money(scoring: Scoring, award: AwardSpec, board: BoardSpec | None, where: str) -> Iterator[str]:
    start = award.places[0] if award.places is not None else 1
    if award.amounts is not None:
        amounts = [f"{ordinal(start + number)} {_units(cents)}" for number, cents in enumerate(award.amounts)]
        yield f"{award.title} pays by place on the board {where}: {listed(amounts)}."
    elif award.pool is not None and award.parts is not None:
        whole = sum(award.parts)
        parts = [f"{ordinal(start + number)} {percent(part / whole)}" for number, part in enumerate(award.parts)]
        yield f"{award.title} splits {_units(award.pool)} by place on the board {where}: {listed(parts)}."
    elif award.pool is not None:
        by = "score" if award.by == "score" or board is None else name_in_words(scoring, board, award.by)
        how = f"in proportion to their {by}" if award.by_value else "equally"
        yield f"{award.title} splits {_units(award.pool)} {how} among all who earn it."
    if not award.pays:
        return
    if award.ties is AwardTies.EACH:
        yield "Groups that share a place each get the full amount of that place."
    else:
        yield "Groups that share a place share the sum of the places they fill; a cent that is left over goes to one of them by a lot that anybody can draw again."
    yield "Money that no place takes stays unspent and is shown as such."


def _units(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _conditions(scoring: Scoring, award: AwardSpec, board: BoardSpec | None) -> Iterator[str]:
    if award.places is not None:
        first, last = award.places
        yield f"place {first}" if first == last else f"places {first} to {last}"
    if award.at_least is not None:
        by = "score" if award.by == "score" or board is None else name_in_words(scoring, board, award.by)
        yield f"every group whose {by} is {threshold(scoring, board, award.at_least, award.by)}"
    if award.share is not None:
        base = next((f"those who reach {one.title}" for one in scoring.awards if one.key == award.share_of), "the field")
        edge = {
            Edge.INCLUDE: "rounded down, with all who share the last place",
            Edge.AT_MOST: "without those who share a place across its edge",
            Edge.NEAREST: "with or without those who share a place across its edge, whichever comes nearer",
        }[award.edge]
        yield f"the best {percent(award.share)} of {base}, {edge}"
