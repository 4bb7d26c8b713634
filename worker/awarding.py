"""After a decision about awards: who declines, who comes first, to whom something goes. What is out already is nominated anew."""

from collections.abc import Collection

from games.coaching.models import Booking
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import DecisionKind
from games.journal.models import JournalEntry
from games.recognition import actions as recognition
from games.recognition.models import Grant
from games.recognition.queries.moments import points_published
from games.results import actions as results
from games.results.queries import published_rounds
from games.results.queries.planning import planned

ABOUT = frozenset({DecisionKind.FORGO.value, DecisionKind.AWARD.value})


def pass_on(entry: JournalEntry) -> None:
    """A decision about an award, or one that takes such a decision back: the award, and those of its set, follow what is published."""
    decision = Decision.objects.select_related("cycle").filter(pk=int(entry.subject.partition(":")[2])).first()
    award = _award_of(decision) if decision is not None else ""
    if decision is not None and award:
        nominate_anew(decision.cycle, {award})


def follow(entry: JournalEntry) -> None:
    """What stood was taken back because the results say otherwise: they are followed."""
    grant = Grant.objects.select_related("cycle").filter(pk=int(entry.subject.partition(":")[2])).first()
    if grant is not None and entry.payload.get("follows"):
        nominate_anew(grant.cycle, {grant.award})


def deliver_coaching(entry: JournalEntry) -> None:
    """A session took place: if it came from a prize and was the last of it, the prize is delivered."""
    booking = Booking.objects.filter(pk=int(entry.subject.partition(":")[2])).first()
    if booking is not None:
        recognition.follow_session(booking)


def _award_of(decision: Decision) -> str:
    """The key of the award that a decision is about; empty if it is about none."""
    if decision.kind in ABOUT:
        return decision.value
    taken, _, number = decision.value.partition(" ")
    if decision.kind != DecisionKind.OVERRIDE.value or taken != "revoke" or not number.isdecimal():
        return ""
    rows = Decision.objects.filter(cycle=decision.cycle, number=int(number), kind__in=ABOUT)
    return rows.values_list("value", flat=True).first() or ""


def nominate_anew(cycle: Cycle, awards: Collection[str]) -> None:
    """Bring the nominations of these awards, and of those in a set with one of them, to what is published gives now.

    Points go on after a publication; a prize that rolls down rolls along the board that everybody read.
    """
    shown = published_rounds(cycle)
    if not shown:
        return
    design = design_of(cycle)
    sets = {one.set for one in design.awards if one.key in awards and one.set is not None}
    wanted = {one.key for one in design.awards if one.key in awards or one.set in sets}
    outcome = results.sides_of(cycle, points=points_published(cycle)).public
    recognition.nominate(cycle, [plan for plan in planned(design, outcome, shown)["awards"] if plan["key"] in wanted])
