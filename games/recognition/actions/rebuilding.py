"""What was found and counted beside the points, read anew from the journal: the same entries give the same rows."""

from django.db import transaction

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.journal.queries import sealed
from games.recognition.actions.points import BATCH, cursor_of
from games.recognition.actions.watching import keep_watch
from games.recognition.actions.wins import find_wins
from games.recognition.models import Exchange, LearningWeek, Win, WinProgress
from games.recognition.queries.acts import acts_of


@transaction.atomic
def rebuild_wins(cycle: Cycle) -> int:
    """Read the journal again from its beginning, as far as it was read: wins, activity and exchanges. Returns how many wins there are.

    Wins that are told again stay as they are, with their cheers; those that nothing tells any more go. A cycle that a bundle brought
    stays as it is: its journal does not tell all of it.
    """
    if cycle.imported:
        return Win.objects.filter(cycle=cycle).count()
    cursor, design = cursor_of(cycle), design_of(cycle)
    for model in (WinProgress, LearningWeek, Exchange):
        model.objects.filter(cycle=cycle).delete()
    found, seal = set[int](), 0
    while entries := list(sealed(cycle.pk, after=seal).filter(seal__lte=cursor.seal)[:BATCH]):
        acts = acts_of(cycle, entries, design)
        found |= find_wins(cycle, design, entries, acts)
        keep_watch(cycle, entries, acts)
        seal = entries[-1].seal or seal
    Win.objects.filter(cycle=cycle).exclude(pk__in=found).delete()
    return Win.objects.filter(cycle=cycle).count()
