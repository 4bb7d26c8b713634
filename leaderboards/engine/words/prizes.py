"""Awards in words: who earns them, and what money does at ties."""

from collections.abc import Iterator

from leaderboards.engine.spec import AwardSpec, AwardTies, BoardSpec, Scoring, expand_boards
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
    if award.amounts is not None:
        start = award.places[0] if award.places is not None else 1
        amounts = [f"{ordinal(start + number)} {cents // 100}.{cents % 100:02}" for number, cents in enumerate(award.amounts)]
        yield f"{award.title} pays by place on the board {name}{within}: {listed(amounts)}."
        if award.ties is AwardTies.SPLIT:
            yield "Groups that share a place share the sum of the places they fill; a cent that is left over goes to the first of them."
        else:
            yield "Groups that share a place each get the full amount of that place."
        yield "Money that no place takes stays unspent and is shown as such."
    if award.set is not None:
        titles = [one.title for one in scoring.awards if one.set == award.set]
        if len(titles) > 1:
            yield f"A group gets only one of {listed(titles)}: the first that it earns, in this order."


def _conditions(scoring: Scoring, award: AwardSpec, board: BoardSpec | None) -> Iterator[str]:
    if award.places is not None:
        first, last = award.places
        yield f"place {first}" if first == last else f"places {first} to {last}"
    if award.at_least is not None:
        by = "score" if award.by == "score" or board is None else name_in_words(scoring, board, award.by)
        yield f"every group whose {by} is {threshold(scoring, board, award.at_least, award.by)}"
    if award.share is not None:
        yield f"the best {percent(award.share)} of the field, rounded down, with all who share the last place"
