"""Who judges: panels, and what is known of each judge on them."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.errors import Problem
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import Panelist, Sheet
from games.judging.queries import judges_in
from games.judging.queries.peers import PEERS, who_judges
from games.judging.rules import AssignmentRefused, NotOnPanel, SheetState
from games.judging.rules.seats import Details, SeatLine, faults_of, read_seats, refuse
from games.judging.rules.voting import AUDIENCE
from games.judging.seating import judge_named, judges_by_key, task_named, tasks_by_place
from games.organizations.models import Person
from games.playbooks.schema import ChallengeDesign
from games.submissions.queries import rules_of
from leaderboards.engine.language import gettext as _


@transaction.atomic
def add_panelist(*, challenge: Challenge, panel: str, person: Person, by: Any) -> Panelist:
    """Put a judge on a panel of a task; they must judge in the cycle. Twice is once; who had left is back."""
    check_panel(challenge, panel)
    if who_judges(challenge, panel) == PEERS:
        msg = _('On the panel "{panel}" teams judge teams: their members take these seats, and no judges.', panel=panel)
        raise AssignmentRefused(msg, where="panel")
    if not judges_in(challenge.round.cycle_id).filter(person=person).exists():
        msg = _('"{person}" does not judge in this cycle.', person=person.key)
        raise NotOnPanel(msg)
    panelist, added = Panelist.objects.get_or_create(challenge=challenge, panel=panel, person=person)
    if added:
        _journal(panelist, challenge, "joined", by=by)
    elif panelist.left_at is not None:
        rejoin_panel(panelist=panelist, by=by)
    return panelist


def check_panel(challenge: Challenge, panel: str) -> None:
    """Refuse a panel that the task does not have."""
    __, spec = rules_of(challenge)
    known = [one.key for one in spec.judges_panels]
    if panel not in known:
        msg = _(
            '"{panel}" is not a panel of "{challenge}"; known: {names}',
            panel=panel,
            challenge=challenge.key,
            names=", ".join(known),
        )
        raise AssignmentRefused(msg, where="panel")
    if who_judges(challenge, panel) == AUDIENCE:
        msg = _('On the panel "{panel}" the audience votes: nobody is seated, and there are no sheets.', panel=panel)
        raise AssignmentRefused(msg, where="panel")


def _journal(panelist: Panelist, challenge: Challenge, change: str, *, by: Any) -> None:
    record(
        Kind.PANEL_CHANGED,
        cycle_id=challenge.round.cycle_id,
        by=by,
        subject=f"person:{panelist.person_id}",
        payload={
            "round": challenge.round.key,
            "challenge": challenge.key,
            "panel": panelist.panel,
            "judge": panelist.person_id,
            "change": change,
        },
    )


def journal_assignment(challenge: Challenge, judge_id: int, panel: str, count: int, *, by: Any, third: bool = False) -> None:
    """One entry per judge, task and act, with how many sheets were given out or (below zero) taken back. `third`: as a further reader."""
    record(
        Kind.SHEET_ASSIGNED,
        cycle_id=challenge.round.cycle_id,
        by=by,
        subject=f"person:{judge_id}",
        payload={
            "round": challenge.round.key,
            "challenge": challenge.key,
            "panel": panel,
            "judge": judge_id,
            "count": count,
            **({"third": True} if third else {}),
        },
    )


@transaction.atomic
def remove_panelist(*, panelist: Panelist, by: Any) -> int:
    """Take a judge off a panel. Sheets not begun go; drafts can no longer be saved, final ones stand. Returns how many went."""
    challenge = panelist.challenge
    waiting = Sheet.objects.filter(
        challenge=challenge, panel=panelist.panel, judge=panelist.person_id, state=SheetState.ASSIGNED.value
    )
    gone, __ = waiting.delete()
    if gone:
        journal_assignment(challenge, panelist.person_id, panelist.panel, -gone, by=by)
    _journal(panelist, challenge, "removed", by=by)
    panelist.delete()
    return gone


# --- What is known of a judge -------------------------------------------------------------------------------------------------------------


def choices_of(spec: ChallengeDesign, field: str | None) -> tuple[str, ...]:
    """What an entry of the task may answer in a choice field; empty where the task has no such field."""
    return next((one.choices for one in spec.form if one.key == field), ()) if field else ()


@transaction.atomic
def describe_panelist(*, panelist: Panelist, details: Details, by: Any) -> Panelist:
    """Change what is known of a judge: topics, languages, the most sheets, whether they lead the panel. Raises SeatRefused."""
    __, spec = rules_of(panelist.challenge)
    refuse(_faults(spec, details), "")
    return _describe(panelist, panelist.challenge, details, by=by)


@transaction.atomic
def state_expertise(*, panelist: Panelist, topics: Iterable[str], languages: Iterable[str], by: Any) -> Panelist:
    """A judge says of themselves what they know well and what they read."""
    return describe_panelist(panelist=panelist, details=Details(tuple(topics), tuple(languages)), by=by)


def _faults(spec: ChallengeDesign, details: Details) -> list[Problem]:
    return faults_of(details, topics=choices_of(spec, spec.topics), languages=choices_of(spec, spec.language))


def _describe(panelist: Panelist, challenge: Challenge, details: Details, *, by: Any) -> Panelist:
    before = (panelist.topics, panelist.languages, panelist.max_load, panelist.chair)
    if details.topics is not None:
        panelist.topics = list(details.topics)
    if details.languages is not None:
        panelist.languages = list(details.languages)
    if details.max_load is not None:
        panelist.max_load = details.max_load or None
    if details.chair is not None:
        panelist.chair = details.chair
    if before != (panelist.topics, panelist.languages, panelist.max_load, panelist.chair):
        panelist.save(update_fields=["topics", "languages", "max_load", "chair"])
        _journal(panelist, challenge, "described", by=by)
    return panelist


@transaction.atomic
def leave_panel(*, panelist: Panelist, by: Any) -> Panelist:
    """A judge has dropped out: they get nothing new. What they have open stays with them until it is planned anew; what is final stands."""
    if panelist.left_at is None:
        panelist.left_at = db_now()
        panelist.save(update_fields=["left_at"])
        _journal(panelist, panelist.challenge, "left", by=by)
    return panelist


@transaction.atomic
def rejoin_panel(*, panelist: Panelist, by: Any) -> Panelist:
    """They are back."""
    if panelist.left_at is not None:
        panelist.left_at = None
        panelist.save(update_fields=["left_at"])
        _journal(panelist, panelist.challenge, "joined", by=by)
    return panelist


@transaction.atomic
def seat_csv(*, cycle: Cycle, content: bytes, by: Any) -> int:
    """Panels from a table: round, challenge, panel, judge, topics, languages, max_load, chair. Returns how many seats it names.

    An empty panel means all of the task, an empty task the only one; several topics stand between bars. Raises SeatRefused, row by row.
    """
    lines, problems = read_seats(content)
    tasks, judges = tasks_by_place(cycle), judges_by_key(cycle)
    seats: list[tuple[Challenge, str, Person, Details]] = []
    for line in lines:
        where = f"row {line.number}"
        challenge = task_named(line.round, line.challenge, tasks, where, problems)
        judge = judge_named(line.judge, judges, where, problems)
        if challenge is not None and judge is not None:
            seats += _seats(line, challenge, judge, problems)
    refuse(problems, _("Nothing was changed: "))
    for challenge, panel, judge, details in seats:
        seat = add_panelist(challenge=challenge, panel=panel, person=judge, by=by)
        _describe(seat, challenge, details, by=by)
    return len(seats)


def _seats(
    line: SeatLine, challenge: Challenge, judge: Person, problems: list[Problem]
) -> list[tuple[Challenge, str, Person, Details]]:
    """The seats that a row names, with what is wrong with it added to `problems`."""
    __, spec = rules_of(challenge)
    panels = [one.key for one in spec.judges_panels]
    where = f"row {line.number}"
    if line.panel and line.panel not in panels:
        problems.append(
            Problem(
                where,
                _(
                    '"{panel}" is not a panel of "{challenge}"; known: {names}',
                    panel=line.panel,
                    challenge=challenge.key,
                    names=", ".join(panels),
                ),
            )
        )
        return []
    problems += [Problem(where, f"{one.where}: {one.message}") for one in _faults(spec, line.details)]
    return [(challenge, panel, judge, line.details) for panel in ([line.panel] if line.panel else panels)]
