"""Rules being written, read: what they would be, what is still wrong with them, what an amendment would change."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from pydantic import ValidationError

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState, changes
from games.errors import NotFound, Problem
from games.journal.queries import db_now
from games.playbooks.expand import expand
from games.playbooks.schema import WARNING, Design, launch_problems
from games.playbooks.schema.reading import read_design
from games.progression.models import Draft, Rehearsal
from games.progression.rules import frozen_problems
from games.rounds.models import Round
from games.rounds.rules import RoundState, state_of
from leaderboards.engine.language import gettext as _


@dataclass(frozen=True, slots=True)
class Written:
    """What written rules come to. `problems` stop them, `warnings` do not; `diff` is what an amendment changes, `begun` what it must leave."""

    design: Design | None
    problems: list[Problem]
    warnings: list[Problem] = field(default_factory=list)
    diff: list[dict[str, Any]] = field(default_factory=list)
    begun: frozenset[str] = frozenset()


class DraftMissing(NotFound):
    """Nothing is being written for this cycle."""

    code = "draft_missing"


def draft_of(cycle: Cycle) -> Draft:
    """What is being written for the cycle. Raises DraftMissing."""
    found = Draft.objects.filter(cycle=cycle).select_related("saved_by").first()
    if found is None:
        message = _("Nothing is being written for this cycle.")
        raise DraftMissing(message)
    found.cycle = cycle
    return found


def drafts_in(cycles: QuerySet[Cycle]) -> QuerySet[Draft]:
    """What is being written in these cycles, the last saved first."""
    return Draft.objects.filter(cycle__in=cycles).select_related("cycle").order_by("-saved_at")


def read_draft(cycle: Cycle, data: Mapping[str, Any]) -> Written:
    """Everything that is right and wrong with rules being written for this cycle: to launch it, or to amend it while it runs."""
    design, found = read_design(dict(data), start=cycle.starts_at or db_now(), file="")
    problems = [one for one in found if one.code != WARNING]
    warnings = [one for one in found if one.code == WARNING]
    if cycle.state == CycleState.DRAFT.value:
        missing = launch_problems(design) if design is not None else launch_gaps(data)
        problems += [one for one in missing if one not in problems]
        problems += _key_taken(cycle, data)
        return Written(design, problems, warnings + (past_times(design, db_now()) if design else []))
    return _amendment(cycle, design, problems, warnings)


def _amendment(cycle: Cycle, design: Design | None, problems: list[Problem], warnings: list[Problem]) -> Written:
    before = design_of(cycle)
    begun = begun_rounds(cycle, db_now())
    if design is None:
        return Written(None, problems, warnings, [], frozenset(begun))
    if design.cycle.key != before.cycle.key:
        problems.append(Problem("cycle.key", _('a cycle keeps its key "{cycle}"', cycle=before.cycle.key)))
    if not launch_problems(before):
        problems += launch_problems(design)
    problems += frozen_problems(before, design, begun)
    return Written(design, problems, warnings, changes(before.data(), design.data()), frozenset(begun))


def begun_rounds(cycle: Cycle, now: datetime) -> set[str]:
    """Keys of the rounds that have opened, or were closed: they keep the rules they ran under."""
    return {one.key for one in Round.objects.filter(cycle=cycle) if state_of(one.clock, now) is not RoundState.PLANNED}


def _key_taken(cycle: Cycle, data: Mapping[str, Any]) -> list[Problem]:
    table = data.get("cycle")
    key = table.get("key") if isinstance(table, Mapping) else None
    if not isinstance(key, str) or not Cycle.objects.filter(key=key).exclude(pk=cycle.pk).exists():
        return []
    return [Problem("cycle.key", _('there is a cycle with the key "{key}" already', key=key))]


def past_times(design: Design, now: datetime) -> list[Problem]:
    """Dates that are over before the cycle is launched: allowed, but seldom meant."""
    found = []
    for number, one in enumerate(design.rounds):
        if one.closes is not None and one.closes <= now:
            found.append(
                Problem(f"rounds[{number}].closes", _('round "{title}" would be over at the launch', title=one.title), WARNING)
            )
    closes = design.registration.closes
    if closes is not None and closes <= now:
        found.append(Problem("registration.closes", _("nobody could register: the door closes before the launch"), WARNING))
    return found


def launch_gaps(written: Mapping[str, Any]) -> list[Problem]:
    """What a launch would miss even if the faults were mended: aim and checks, as far as they can be read alone."""
    found: list[Problem] = []
    for name in ("aim", "checks"):
        table = {name: written[name]} if isinstance(written.get(name), Mapping) else {}
        try:
            design = Design.model_validate({"cycle": {"key": "x"}, **expand(table, start=db_now()).data})
        except ValidationError:
            continue
        found += [one for one in launch_problems(design) if one.where.startswith(name)]
    return found


def rehearsal_of(cycle: Cycle) -> Rehearsal | None:
    """The dry run of these rules, the newest, if there is one."""
    return Rehearsal.objects.filter(source=cycle).select_related("cycle").order_by("-pk").first()


def rehearsals_to_do(now: datetime) -> list[int]:
    """Ids of dry runs that somebody may go on with."""
    open_ = Rehearsal.objects.filter(finished_at__isnull=True, error="")
    return list(open_.exclude(held_until__gt=now).order_by("pk").values_list("pk", flat=True))
