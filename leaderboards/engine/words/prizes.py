"""Awards in words: who earns them, and what money does at ties."""

from collections.abc import Iterator

from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext
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
    name = board.title if board is not None else _("the main board")
    within = _(", in each {within}", within=board.within) if board is not None and board.within else ""
    conditions = list(_conditions(scoring, award, board))
    if award.decided:
        yield _("{award} is given by a recorded decision.", award=award.title)
    elif conditions:
        yield _(
            "{award} goes to {names}, on the board {name}{within}.",
            award=award.title,
            names=_(", and of these ").join(conditions),
            name=name,
            within=within,
        )
    yield from _money(scoring, award, board, f"{name}{within}")
    if award.ties is AwardTies.DECIDE:
        yield _("Where teams share a place that decides {award}, a recorded decision says who comes first.", award=award.title)
    if award.sessions:
        many = ngettext("one session with an expert", "{sessions} sessions with experts", award.sessions, sessions=award.sessions)
        yield _("{award} brings {many}, beside the office hours that every team has.", award=award.title, many=many)
    if award.set is not None:
        titles = [one.title for one in scoring.awards if one.set == award.set]
        if len(titles) > 1:
            yield _("A team gets only one of {names}: the first that it earns, in this order.", names=listed(titles))
    if award.pass_on:
        other = _(", or has another prize that excludes it,") if award.set is not None else ""
        yield _(
            "If a team does not take {award}{other} it keeps its place, and the prize passes to the next.",
            award=award.title,
            other=other,
        )


def _money(scoring: Scoring, award: AwardSpec, board: BoardSpec | None, where: str) -> Iterator[str]:
    start = award.places[0] if award.places is not None else 1
    if award.amounts is not None:
        amounts = [f"{ordinal(start + number)} {_units(cents)}" for number, cents in enumerate(award.amounts)]
        yield _("{award} pays by place on the board {where}: {names}.", award=award.title, where=where, names=listed(amounts))
    elif award.pool is not None and award.parts is not None:
        whole = sum(award.parts)
        parts = [f"{ordinal(start + number)} {percent(part / whole)}" for number, part in enumerate(award.parts)]
        yield _(
            "{award} splits {units} by place on the board {where}: {names}.",
            award=award.title,
            units=_units(award.pool),
            where=where,
            names=listed(parts),
        )
    elif award.pool is not None:
        by = _("score") if award.by == "score" or board is None else name_in_words(scoring, board, award.by)
        how = _("in proportion to their {by}", by=by) if award.by_value else _("equally")
        yield _("{award} splits {units} {how} among all who earn it.", award=award.title, units=_units(award.pool), how=how)
    if not award.pays:
        return
    if award.ties is AwardTies.EACH:
        yield _("Teams that share a place each get the full amount of that place.")
    else:
        yield _(
            "Teams that share a place share the sum of the places they fill; a cent that is left over goes to one of them by a lot that anybody can draw again."
        )
    yield _("Money that no place takes stays unspent and is shown as such.")


def _units(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02}"


def _conditions(scoring: Scoring, award: AwardSpec, board: BoardSpec | None) -> Iterator[str]:
    if award.places is not None:
        first, last = award.places
        yield (_("place {first}", first=first) if first == last else _("places {first} to {last}", first=first, last=last))
    if award.at_least is not None:
        by = _("score") if award.by == "score" or board is None else name_in_words(scoring, board, award.by)
        yield _("every team whose {by} is {threshold}", by=by, threshold=threshold(scoring, board, award.at_least, award.by))
    if award.share is not None:
        base = next(
            (_("those who reach {title}", title=one.title) for one in scoring.awards if one.key == award.share_of), _("the field")
        )
        edge = {
            Edge.INCLUDE: _("rounded down, with all who share the last place"),
            Edge.AT_MOST: _("without those who share a place across its edge"),
            Edge.NEAREST: _("with or without those who share a place across its edge, whichever comes nearer"),
        }[award.edge]
        yield _("the best {share} of {base}, {edge}", share=percent(award.share), base=base, edge=edge)
