"""Change sets as they are stored, read as the pure corrections they mean; and the rules they lead to."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from games.changes.models import Change, ChangeSet
from games.changes.rules import ChangeKind
from games.changes.rules.corrections import (
    Correction,
    EntryState,
    GroupBack,
    GroupOut,
    MarkCorrection,
    SheetBack,
    SheetOut,
    SheetRef,
)
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import digest_of
from games.judging.rules import SheetState, criteria_of
from games.playbooks.schema import Design
from games.progression.actions.designs import amended
from leaderboards.engine import numbers


def change_sets_of(cycle: Cycle) -> QuerySet[ChangeSet]:
    """The corrections of a cycle, the newest first."""
    return ChangeSet.objects.filter(cycle=cycle).select_related("appeal__group", "run", "made_by").order_by("-number")


def changes_of(change_set: ChangeSet) -> list[Change]:
    """Its changes in order."""
    return list(Change.objects.filter(change_set=change_set).order_by("position"))


def set_digest(change_set: ChangeSet, changes: Iterable[Change]) -> str:
    """Names what a change set says: a preview of anything else is not a preview of it."""
    rows = [[one.kind, one.target, one.before, one.after] for one in changes]
    return digest_of([change_set.reason, rows])


def design_after(cycle: Cycle, changes: Sequence[Change]) -> Design:
    """The rules after the changes of kind rule; the present ones if there is none. Raises as `amend`."""
    rules = rules_of(changes)
    return design_of(cycle) if rules is None else amended(cycle, rules.get("changes"), design=rules.get("design"))


def rules_of(changes: Iterable[Change]) -> Mapping[str, Any] | None:
    """What the change of kind rule sets: {"changes": …} or {"design": …}. There is one at most."""
    return next((one.after for one in changes if one.kind == ChangeKind.RULE.value), None)


def corrections_of(cycle: Cycle, changes: Iterable[Change], judges: Mapping[int, str]) -> list[Correction]:
    """What the changes do to the facts, in order. `judges`: id of a person → key in the facts (`results.queries.judge_keys`)."""
    design = design_of(cycle)
    return [_correction(design, one, judges) for one in changes if one.kind != ChangeKind.RULE.value]


def _correction(design: Design, one: Change, judges: Mapping[int, str]) -> Correction:
    target = one.target
    if "sheet" in target:
        return _of_sheet(design, one, _sheet(target, judges))
    out = one.kind == ChangeKind.DISQUALIFY.value
    if "number" in target:
        return EntryState(target["round"], target["challenge"], target["group"], target["number"], out)
    return GroupOut(target["group"], target["round"]) if out else GroupBack(target["group"])


def _of_sheet(design: Design, one: Change, sheet: SheetRef) -> Correction:
    after = one.after
    if one.kind == ChangeKind.MARK.value:
        return MarkCorrection(sheet, one.target["criterion"], number(after["value"]), after["state"])
    if after["state"] == SheetState.RECUSED:
        return SheetOut(sheet, _criteria(design, one.target))
    return SheetBack(sheet, tuple((key, number(value), state) for key, (value, state) in after["marks"].items()))


def number(text: str | None) -> Any:
    """Number text as a number; None as it is."""
    return None if text is None else numbers.parse(text)


def _sheet(target: Mapping[str, Any], judges: Mapping[int, str]) -> SheetRef:
    return SheetRef(target["round"], target["challenge"], target["group"], judges.get(target["person"], target["judge"]))


def _criteria(design: Design, target: Mapping[str, Any]) -> tuple[str, ...]:
    spec = design.challenge(target["round"], target["challenge"])
    return tuple(one.key for one in criteria_of(spec, target["panel"])) if spec is not None else ()


def rounds_touched(cycle: Cycle, changes: Iterable[Change], published: Sequence[str]) -> list[str]:
    """The published rounds that the changes are about, in order of time: a group is out, or back, from a round on; rules concern all."""
    order = [one.key for one in design_of(cycle).rounds]
    found: set[str] = set()
    for one in changes:
        key = one.target.get("round", "")
        if one.kind == ChangeKind.RULE.value:
            found |= set(order)
        elif one.kind in {ChangeKind.DISQUALIFY.value, ChangeKind.REINSTATE.value} and "number" not in one.target:
            found |= set(order[order.index(key) :] if key in order else order)
        else:
            found.add(key)
    return [key for key in order if key in found and key in published]
