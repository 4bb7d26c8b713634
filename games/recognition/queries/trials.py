"""Rules of points on trial: which, and how far the journal is read under them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.playbooks.schema import PointRule
from games.recognition.models import PointsCursor
from games.recognition.queries.editions import shown_of
from games.recognition.queries.points import totals_in


@dataclass(frozen=True, slots=True)
class Trial:
    """A replay beside the points that are shown. `own`: under rules that no Design has."""

    generation: int
    shown: int
    rules: tuple[PointRule, ...]
    own: bool
    done: bool
    percent: int
    at: datetime | None


def trial_of(cycle: Cycle) -> Trial | None:
    """What is tried in this cycle, if something is. One statement, and another for the rules of another Design."""
    cursor = PointsCursor.objects.filter(cycle=cycle, preview_generation__isnull=False).first()
    if cursor is None or cursor.preview_generation is None:
        return None
    own = cursor.preview_rules is not None
    written = cursor.preview_rules if own else None
    rules = (
        tuple(map(PointRule.model_validate, written)) if written is not None else design_of(cycle, cursor.preview_design).rules
    )
    done = cursor.preview_seal >= cursor.preview_until
    percent = 100 if done else 100 * cursor.preview_seal // cursor.preview_until
    return Trial(cursor.preview_generation, cursor.generation, rules, own, done, percent, cursor.preview_at)


@dataclass(frozen=True, slots=True)
class Given:
    """What a rule gave so far, less what was taken back."""

    acts: int
    teams: int
    points: int


def given_by(cycle: Cycle) -> dict[str, Given]:
    """Key of a rule -> what it gave, in the generation shown. Credit that flowed on from it is counted with it. Two statements."""
    rows = shown_of(cycle).rows(cycle).values_list("rule").order_by("rule")
    given, taken = Count("pk", filter=Q(reverses__isnull=True)), Count("pk", filter=Q(reverses__isnull=False))
    found: dict[str, Given] = {}
    for rule, acts, back, teams, points in rows.annotate(
        acts=given, back=taken, teams=Count("group", distinct=True), total=Sum("amount")
    ):
        key, _, flowed = rule.partition(".")
        before = found.get(key, Given(0, 0, 0))
        stand = 0 if flowed else acts - back
        found[key] = Given(before.acts + stand, max(before.teams, teams), before.points + points)
    return found


@dataclass(frozen=True, slots=True)
class Move:
    """A group whose total changes: points and places by points, before and after."""

    group: Group
    now: int
    then: int
    place: int | None
    place_then: int | None

    @property
    def difference(self) -> int:
        """Points more, or fewer."""
        return self.then - self.now


def moves_between(cycle: Cycle, shown: int, other: int) -> tuple[list[Move], int]:
    """Groups whose total differs between two generations, the most first; and how many groups have points in either. Three statements."""
    now, then = totals_in(cycle, shown), totals_in(cycle, other)
    groups = {one.pk: one for one in Group.objects.filter(cycle=cycle, pk__in=now.keys() | then.keys())}
    places, places_then = _places(now), _places(then)
    moves = [
        Move(group, now.get(pk, 0), then.get(pk, 0), places.get(pk), places_then.get(pk))
        for pk, group in groups.items()
        if now.get(pk, 0) != then.get(pk, 0)
    ]
    return sorted(moves, key=lambda one: (-abs(one.difference), -one.then, one.group.key)), len(groups)


def _places(totals: dict[int, int]) -> dict[int, int]:
    """Places by points; who has as many shares the place."""
    ranked = sorted(totals.values(), reverse=True)
    first: dict[int, int] = {}
    for place, amount in enumerate(ranked, 1):
        first.setdefault(amount, place)
    return {group: first[amount] for group, amount in totals.items()}
