"""Reads of suggestions: what waits at the gate, what became of them, and the log of the rules with whom each version is owed to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, QuerySet

from games.cycles.models import Cycle
from games.cycles.queries import design_rows, public_diffs
from games.groups.models import Membership
from games.suggestions.models import Suggestion, Support
from games.suggestions.rules import SuggestionState


def place_of(cycle: Cycle, user: Any) -> Membership | None:
    """The place of a user in a cycle: in a team if they are in one. One statement."""
    if getattr(user, "pk", None) is None:
        return None
    held = Membership.objects.filter(cycle=cycle, person__user=user, until__isnull=True).select_related("person", "group")
    return held.order_by(F("group").asc(nulls_last=True), "pk").first()


def with_support(rows: QuerySet[Suggestion], persons: Iterable[int] = ()) -> QuerySet[Any]:
    """With `supporters` (how many) and `supported` (whether one of these persons does); author, group and cycle read along."""
    mine = Support.objects.filter(suggestion=OuterRef("pk"), person__in=sorted(persons))
    counted = rows.annotate(supporters=Count("supports"), supported=Exists(mine))
    return counted.select_related("author", "group", "cycle", "decided_by")


def at_the_gate(cycle: Cycle) -> QuerySet[Suggestion]:
    """What was accepted and is no rule yet, in the order of the decisions."""
    waiting = Suggestion.objects.filter(cycle=cycle, state=SuggestionState.ACCEPTED.value, design_number__isnull=True)
    return waiting.order_by("decided_at", "number")


def credit_of(row: Suggestion) -> str:
    """Whom it is owed to, in words; empty for who would not be named, and for whom nothing is known any more."""
    if not row.named or row.author is None:
        return ""
    group = row.group
    return row.author.name if group is None or group.rank_hidden else f"{row.author.name} ({group.name})"


@dataclass(frozen=True, slots=True)
class Logged:
    """A version of the rules: when, by whom and why it was decided, what it changed for all to read, and the suggestion it came from."""

    number: int
    at: datetime
    decider: str
    reason: str
    diff: list[dict[str, Any]]
    suggestion: Suggestion | None


def log_of(cycle: Cycle, opened: frozenset[str], *, most: int) -> list[Logged]:
    """The last versions of the rules, the newest first. Three statements for any number of them. `opened`: rounds whose words all may read."""
    rows = list(design_rows(cycle)[:most])
    diffs = public_diffs(cycle, rows, opened)
    owed = _owed(cycle, [one.decision_id for one in rows if one.decision_id is not None])
    return [
        Logged(
            number=one.number,
            at=one.decision.at if one.decision else one.created_at,
            decider=one.decision.decider if one.decision else "",
            reason=one.decision.reason if one.decision else "",
            diff=diffs.get(one.number, []),
            suggestion=owed.get(one.decision_id or 0),
        )
        for one in rows
    ]


def _owed(cycle: Cycle, decisions: Sequence[int]) -> dict[int, Suggestion]:
    """Decision → the suggestion that it made a rule. Numbers alone would mislead: those of an imported cycle begin anew."""
    rows = Suggestion.objects.filter(cycle=cycle, decision__in=decisions).select_related("author", "group")
    return {one.decision_id: one for one in rows if one.decision_id is not None}
