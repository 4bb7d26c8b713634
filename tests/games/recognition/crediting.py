"""A cycle whose rules flow, for tests of credit: ideas built on each other, and the journal read as the worker reads it."""

from typing import Any, Final

from django.db.models import Max, Sum

from games.cycles.actions import add_design
from games.groups.models import Group
from games.ideas.actions import Citation
from games.ideas.models import Idea
from games.journal.models import JournalEntry
from games.recognition.actions import read_journal
from games.recognition.models import Points, PointsTotal
from tests.cast import Cast
from tests.factories.cycles import small_design
from tests.factories.ideas import shared

IDEA: Final[dict[str, Any]] = {"key": "idea", "event": "idea.shared", "points": 100, "flows": True}
FREE: Final = {"cap_receiver": 0, "cap_pair": 0}


def rules(cast: Cast, *more: dict[str, Any], credit: dict[str, Any] | None = None) -> None:
    """100 points for an idea, which flow on; no caps unless `credit` says so."""
    add_design(cast.cycle, small_design(rules=[IDEA, *more], credit=FREE if credit is None else credit), by=None)


def built(cast: Cast, title: str, group: Group, *sources: Idea, **more: Any) -> Idea:
    """An idea of the group that builds on these."""
    return shared(cast, title, group=group, sources=[Citation(one) for one in sources], **more)


def read(cast: Cast) -> dict[str, int]:
    """Seal what happened and read it; the totals of the groups by key, equal to the sums of the ledger."""
    last = JournalEntry.objects.aggregate(last=Max("seal"))["last"] or 0
    for number, entry in enumerate(JournalEntry.objects.filter(seal__isnull=True).order_by("pk"), last + 1):
        JournalEntry.objects.filter(pk=entry.pk).update(seal=number)
    while read_journal(cast.cycle):
        pass
    shown = PointsTotal.objects.filter(cycle=cast.cycle, generation=1).values_list("group__key", "amount")
    sums = Points.objects.filter(cycle=cast.cycle, generation=1).values_list("group__key").annotate(sum=Sum("amount"))
    assert dict(shown) == dict(sums)
    return dict(shown)
