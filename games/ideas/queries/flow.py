"""How ideas went from team to team in a cycle: who built on whose, counted over what a person may see."""

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from games.groups.models import Group
from games.ideas.models import Derivation, Idea
from games.ideas.rules import DerivationKind


@dataclass(frozen=True, slots=True)
class Flow:
    """So many ideas of `target` came from ideas of `source`. Without a group: the organizers', or somebody's without a name."""

    source: Group | None
    target: Group | None
    count: int

    @property
    def own(self) -> bool:
        """A team that built on itself."""
        return self.source is not None and self.source == self.target


def flows_among(seen: QuerySet[Idea]) -> list[Flow]:
    """Every pair of teams of which one built on an idea of the other, the most first; refusals do not count. Two statements.

    `seen`: ideas the person may see. What came from or went to another is not told.
    """
    among = seen.order_by().values("pk")
    rows = Derivation.objects.filter(source__in=among, target__in=among).exclude(kind=DerivationKind.REJECTS.value).order_by()
    pairs = rows.values("source__group", "target__group").annotate(count=Count("pk"))
    told = list(pairs.values_list("source__group", "target__group", "count"))
    groups = Group.objects.in_bulk({one for source, target, _ in told for one in (source, target) if one is not None})
    flows = [Flow(groups.get(source), groups.get(target), count) for source, target, count in told]
    return sorted(flows, key=lambda one: (-one.count, _name(one.source), _name(one.target)))


def _name(group: Group | None) -> str:
    return group.name.casefold() if group else ""
