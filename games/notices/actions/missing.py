"""To organizers: entries miss a judge, a team says who should not judge it. To the team: what came of that."""

from games.challenges.models import Challenge
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.judging.models import Concern, ConflictOfInterest
from games.judging.planning import facts_of, gaps_of, missing
from games.judging.rules import ConflictSource
from games.judging.seating import MARKED
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import members_of, organizers_of


def on_sheet_recused(entry: JournalEntry) -> int:
    """Once a day and panel, if an entry has fewer judges than the others now: with the way to fill the gaps."""
    place = {"round__cycle": entry.cycle_id or 0, "round__key": entry.payload.get("round"), "key": entry.payload.get("challenge")}
    challenge = Challenge.objects.filter(**place, format__in=MARKED).select_related("round__cycle").first()
    panel = str(entry.payload.get("panel", ""))
    if challenge is None or challenge.round.published_at is not None:
        return 0
    cycle = challenge.round.cycle
    if cycle.state in {CycleState.CLOSED.value, CycleState.CANCELLED.value}:
        return 0
    facts = facts_of(challenge, panel)
    count = missing(facts, gaps_of(facts)) if facts.seats else 0
    if not count:
        return 0
    link = absolute(f"/cycles/{cycle.key}/desk/judging/tasks/{challenge.pk}/{panel}/#open")
    context = {"challenge": challenge, "cycle": cycle, "count": count, "link": link}
    key = f"missing:{challenge.pk}:{panel}:{entry.at:%Y-%m-%d}"
    return tell_all("judges.missing", organizers_of(cycle.pk), key=key, context=context, cycle_id=cycle.pk)


def on_panel_changed(entry: JournalEntry) -> int:
    """The same, when a judge drops out."""
    return on_sheet_recused(entry) if entry.payload.get("change") in {"left", "removed"} else 0


def on_conflict_changed(entry: JournalEntry) -> int:
    """To the organizers what a team says; to the team what they answered."""
    change = entry.payload.get("change")
    if change == "raised":
        concern = subject_of(entry, Concern, "group__cycle")
        return _said(concern.group, f"concern:{concern.pk}") if concern is not None else 0
    if change == "settled":
        concern = subject_of(entry, Concern, "group__cycle")
        return _answered(concern.group, f"concern:{concern.pk}", concern.answer) if concern is not None else 0
    conflict = subject_of(entry, ConflictOfInterest, "group__cycle")
    if conflict is None or conflict.source != ConflictSource.TEAM.value:
        return 0
    if change == "declared":
        return _said(conflict.group, f"conflict:{conflict.pk}")
    if change == "lifted":
        return _answered(conflict.group, f"conflict:{conflict.pk}", conflict.lifted_reason)
    return 0


def _said(group: Group, key: str) -> int:
    cycle = group.cycle
    context = {"group": group, "cycle": cycle, "link": absolute(f"/cycles/{cycle.key}/desk/judging/conflicts/")}
    return tell_all("conflict.said", organizers_of(cycle.pk), key=f"said:{key}", context=context, cycle_id=cycle.pk)


def _answered(group: Group, key: str, answer: str) -> int:
    cycle = group.cycle
    link = absolute(f"/cycles/{cycle.key}/teams/{group.key}/judges/")
    context = {"group": group, "cycle": cycle, "answer": answer, "link": link}
    return tell_all("conflict.answered", members_of([group.pk]), key=f"answered:{key}", context=context, cycle_id=cycle.pk)
