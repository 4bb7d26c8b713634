"""A tie at a cut: settled by decision, at once by an organizer, or after those who judged the entries have talked about them."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import transaction

from games.cycles.actions import locked, needs_reason
from games.cycles.models import Cycle
from games.cycles.queries import decisions_in_force
from games.cycles.rules import DecisionKind
from games.judging.actions.deliberating import close_deliberation, open_deliberation
from games.judging.models import Deliberation, Sheet
from games.judging.queries.talk import tied_to
from games.judging.rules import OPEN_SHEETS, SheetState
from games.judging.rules.talking import DeliberationRefused, check_open
from games.organizations.models import Person
from games.progression.actions.decisions import decide
from games.results.models import RecomputeRun
from games.results.queries.ties import CutTie, ties_of
from games.results.rules import OPEN
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _


@transaction.atomic
def settle_tie(*, cycle: Cycle, tie: CutTie, chosen: Collection[str], reason: str, by: Any) -> None:
    """Say who of a tie goes on: the one way to settle it. Raises DeliberationRefused unless as many are chosen as can go on.

    Who shares a place advances by the cut. Where the places differ, only what departs from them is decided.
    """
    needs_reason(reason)
    going = [key for key in tie.groups if key in set(chosen)]
    if len(going) != tie.slots:
        message = _("Choose {slots} of them: so many can go on.", slots=tie.slots)
        raise DeliberationRefused(message, where="go")
    for key in going:
        if tie.exact:
            decide(cycle, DecisionKind.ADVANCE, by=by, reason=reason, group=key, round=tie.to, board=tie.board)
        elif key not in tie.inside:
            decide(cycle, DecisionKind.ADVANCE, by=by, reason=reason, group=key, round=tie.to)
    for key in tie.inside:
        if key not in going:
            decide(cycle, DecisionKind.STOP, by=by, reason=reason, group=key, round=tie.to)


@transaction.atomic
def open_tie(*, cycle: Cycle, tie: CutTie, why: str, by: Any) -> list[Deliberation]:
    """Let those who judged the tied entries talk about them: one deliberation each, decided together.

    One that is open already becomes part of it. Raises DeliberationRefused where the tie is talked about, or nobody has marked them.
    """
    held = locked(cycle)
    if tied_to(held, tie.board, tie.to).exists():
        raise DeliberationRefused(_("This tie is talked about already."))
    round_ = Round.objects.get(cycle=held, key=tie.round)
    final = Sheet.objects.filter(challenge__round=round_, state=SheetState.FINAL.value, group__key__in=tie.groups)
    rows = final.select_related("challenge__round__cycle", "group").order_by("challenge__number", "panel", "group_id", "pk")
    places = {(one.challenge_id, one.panel, one.group_id): one for one in rows}
    missing = {*tie.groups} - {one.group.key for one in places.values()}
    if missing:
        message = _("There is nothing to talk about yet: no sheet on {names} is final.", names=", ".join(sorted(missing)))
        raise DeliberationRefused(message)
    return [
        open_deliberation(challenge=one.challenge, panel=one.panel, group=one.group, why=why, by=by, tie=tie.data())
        for one in places.values()
    ]


@transaction.atomic
def decide_tie(
    *, deliberation: Deliberation, chosen: Collection[str], outcome: str, by: Any, person: Person | None = None
) -> list[Deliberation]:
    """The chair says who goes on, and why: all deliberations of the tie are closed, and the cut takes it as it is.

    Nobody needs to be chosen where the marks have moved and the tie is gone. Raises DeliberationRefused while one of the entries is being
    marked anew, while standings are being computed, and where who was chosen is tied no more.
    """
    cycle = locked(deliberation.challenge.round.cycle)
    check_open(Deliberation.objects.values_list("state", flat=True).get(pk=deliberation.pk))
    tie = CutTie.of(deliberation.tie)
    talks = list(tied_to(cycle, tie.board, tie.to))
    _expect_settled_marks(cycle, talks)
    now = next((one for one in ties_of(cycle) if one.same(tie)), None)
    if chosen:
        if now is None:
            raise DeliberationRefused(_("The marks have moved, and these are tied no more: decide without choosing."), where="go")
        settle_tie(cycle=cycle, tie=now, chosen=chosen, reason=outcome, by=by)
    elif now is not None and now.exact and not _decided(cycle, now):
        message = _("They still share the place: choose {slots} of them.", slots=now.slots)
        raise DeliberationRefused(message, where="go")
    return [close_deliberation(deliberation=one, outcome=outcome, by=by, person=person, tied=True) for one in talks]


def _decided(cycle: Cycle, tie: CutTie) -> bool:
    rows = decisions_in_force(cycle, DecisionKind.ADVANCE).filter(round=tie.to, board=tie.board, group__in=tie.groups)
    return rows.values("group").distinct().count() == tie.slots


def _expect_settled_marks(cycle: Cycle, talks: Iterable[Deliberation]) -> None:
    """The places that are decided about must be those of the marks as they are."""
    open_ = [state.value for state in OPEN_SHEETS]
    for one in talks:
        began = [int(judge) for judge in one.before]
        rows = Sheet.objects.filter(
            challenge=one.challenge_id, panel=one.panel, group=one.group_id, judge__in=began, state__in=open_
        )
        if rows.exists():
            raise DeliberationRefused(_("A sheet on one of these entries is being marked anew: decide when it is final."))
    if RecomputeRun.objects.filter(cycle=cycle, state__in=OPEN).exists():
        raise DeliberationRefused(_("Places are being computed at this moment: try again in a few seconds."))
