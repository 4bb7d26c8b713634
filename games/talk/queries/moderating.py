"""What waits for organizers: reports that nobody answered, appeals against hiding."""

from django.db.models import QuerySet

from games.cycles.models import Cycle
from games.talk.models import Report, Ruling

_ABOUT = (
    "post__thread__cycle",
    "post__thread__idea",
    "post__group",
    "post__author",
    "idea__cycle",
    "idea__group",
    "idea__author",
)


def open_reports(cycle: Cycle) -> QuerySet[Report]:
    """Reports that wait, the oldest first, with what they are about."""
    rows = Report.objects.filter(cycle=cycle, ruling__isnull=True).select_related("person", *_ABOUT)
    return rows.order_by("at", "pk")


def waiting_appeals(cycle: Cycle) -> QuerySet[Ruling]:
    """Rulings that somebody appealed against and nobody answered, the oldest first."""
    rows = Ruling.objects.filter(cycle=cycle, appealed_at__isnull=False, answered_at__isnull=True)
    return rows.select_related(*_ABOUT).order_by("appealed_at", "pk")
