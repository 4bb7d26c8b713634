"""Who judges: panels."""

from typing import Any

from django.db import transaction

from games.challenges.models import Challenge
from games.journal.actions import record
from games.journal.rules import Kind
from games.judging.models import Panelist, Sheet
from games.judging.queries import judges_in
from games.judging.rules import AssignmentRefused, NotOnPanel, SheetState
from games.organizations.models import Person
from games.submissions.queries import rules_of


@transaction.atomic
def add_panelist(*, challenge: Challenge, panel: str, person: Person, by: Any) -> Panelist:
    """Put a judge on a panel of a task; they must judge in the cycle. Twice is once."""
    check_panel(challenge, panel)
    if not judges_in(challenge.round.cycle_id).filter(person=person).exists():
        msg = f'"{person.key}" does not judge in this cycle.'
        raise NotOnPanel(msg)
    panelist, added = Panelist.objects.get_or_create(challenge=challenge, panel=panel, person=person)
    if added:
        journal_assignment(challenge, person.pk, panel, 0, by=by)
    return panelist


def check_panel(challenge: Challenge, panel: str) -> None:
    """Refuse a panel that the task does not have."""
    _, spec = rules_of(challenge)
    known = [one.key for one in spec.judges_panels]
    if panel not in known:
        msg = f'"{panel}" is not a panel of "{challenge.key}"; known: {", ".join(known)}'
        raise AssignmentRefused(msg, where="panel")


def journal_assignment(challenge: Challenge, judge_id: int, panel: str, count: int, *, by: Any) -> None:
    """One entry per judge, task and act, with how many sheets were given out or (below zero) taken back."""
    record(
        Kind.SHEET_ASSIGNED,
        cycle_id=challenge.round.cycle_id,
        by=by,
        subject=f"person:{judge_id}",
        payload={"round": challenge.round.key, "challenge": challenge.key, "panel": panel, "judge": judge_id, "count": count},
    )


@transaction.atomic
def remove_panelist(*, panelist: Panelist, by: Any) -> int:
    """Take a judge off a panel. Sheets not begun go; drafts can no longer be saved, final ones stand. Returns how many went."""
    challenge = panelist.challenge
    waiting = Sheet.objects.filter(
        challenge=challenge, panel=panelist.panel, judge=panelist.person_id, state=SheetState.ASSIGNED.value
    )
    gone, _ = waiting.delete()
    journal_assignment(challenge, panelist.person_id, panelist.panel, -gone, by=by)
    panelist.delete()
    return gone
