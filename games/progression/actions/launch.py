"""Launching a cycle from a playbook: whole or not at all, with everything that is missing named at once."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from games.cycles.actions import move_on, record_decision, series_for
from games.cycles.models import Cycle, Series
from games.cycles.rules import CycleState, DecisionKind
from games.errors import Problem
from games.groups.models import Membership
from games.groups.queries import steers_series
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import person_for
from games.organizations.models import Organization
from games.playbooks.expand import merged
from games.playbooks.queries import Preset, exact, preset
from games.playbooks.rules import Capability
from games.playbooks.schema import Design, DesignRefused, Waiver, launch_problems, parse_design
from games.progression.actions.designs import apply_design
from games.progression.drafting import launch_gaps
from games.progression.rules import CycleKeyTaken, LaunchRefused, SeriesTaken
from leaderboards.engine.language import gettext as _

type Source = str | Preset | Mapping[str, Any] | Design


def prepared(
    source: Source,
    *,
    key: str = "",
    name: str = "",
    start: datetime | None = None,
    changes: Mapping[str, Any] | None = None,
    series: str = "",
) -> Design:
    """The Design that a launch would apply: a playbook (by key, found, or as data) with its times counted from `start`, and changes.

    Raises LaunchRefused with everything that is missing or wrong. Writes nothing: a form may ask it first.
    """
    design: Design | None
    problems: list[Problem] = []
    if isinstance(source, Design):
        design = source
    else:
        design, problems = _read(source, _cycle_table(key, name, series), start, changes)
    if design is not None:
        problems += launch_problems(design)
    if problems or design is None:
        raise LaunchRefused(problems)
    return design


def _cycle_table(key: str, name: str, series: str) -> dict[str, Any]:
    return {name_: value for name_, value in (("key", key), ("name", name), ("series", series)) if value}


def _read(
    source: str | Preset | Mapping[str, Any], cycle: dict[str, Any], start: datetime | None, changes: Mapping[str, Any] | None
) -> tuple[Design | None, list[Problem]]:
    found = preset(source) if isinstance(source, str) else source
    written = exact(found.data) if isinstance(found, Preset) else exact(found)
    written = merged(merged(written, exact(changes or {})), {"cycle": cycle})
    if isinstance(found, Preset):
        info = written.get("playbook")
        info = {} if not isinstance(info, Mapping) else info
        written = {**written, "playbook": {**info, "key": found.key, "version": found.version}}
    start = start or db_now().replace(second=0, microsecond=0)
    try:
        return parse_design(written, start=start, file=""), []
    except DesignRefused as refused:
        return None, [*refused.problems, *launch_gaps(written)]


@transaction.atomic
def launch(  # noqa: PLR0913 each part of a launch is named
    source: Source,
    *,
    by: Any,
    organization: Organization | None = None,
    key: str = "",
    name: str = "",
    start: datetime | None = None,
    changes: Mapping[str, Any] | None = None,
    series: str = "",
    public: bool = True,
    predecessor: Cycle | None = None,
    reason: str = "",
) -> Cycle:
    """Launch a cycle: Design number 1 with its rounds, challenges and boards; `by` becomes its organizer; enrolling begins.

    Raises LaunchRefused naming every missing item, CycleKeyTaken, SeriesTaken, PlaybookMissing. What is waived is recorded, openly, with its reason.
    """
    design = prepared(source, key=key, name=name, start=start, changes=changes, series=series)
    cycle = _created(design, by=by, organization=organization, public=public, predecessor=predecessor)
    begin(cycle, design, by=by, reason=reason)
    return cycle


def begin(cycle: Cycle, design: Design, *, by: Any, reason: str = "") -> None:
    """The launch itself of a cycle that is there: the decision, what is waived, the rules as number 1, its organizer; enrolling begins."""
    decision = record_decision(cycle, DecisionKind.LAUNCH, by=by, reason=reason or cycle.name, value=cycle.playbook)
    _waivers(cycle, design, by=by)
    apply_design(cycle, design, by=by, decision=decision)
    if by is not None:
        make_organizer(cycle, design, by)
    payload = {"design": 1, "playbook": cycle.playbook, "predecessor": cycle.predecessor_id}
    record(Kind.CYCLE_LAUNCHED, cycle_id=cycle.pk, by=by, subject=f"cycle:{cycle.pk}", payload=payload)
    move_on(cycle, CycleState.ENROLLING)


def _created(design: Design, *, by: Any, organization: Organization | None, public: bool, predecessor: Cycle | None) -> Cycle:
    spec, info = design.cycle, design.playbook
    series = series_joined(spec.series, by=by, organization=organization)
    try:
        with transaction.atomic():
            return Cycle.objects.create(
                key=spec.key,
                name=spec.title,
                series=series,
                organization=organization,
                predecessor=predecessor,
                playbook=f"{info.key}@{info.version}" if info else "",
                public=public,
                created_by=by,
            )
    except IntegrityError:
        message = _('There is a cycle with the key "{spec}" already.', spec=spec.key)
        raise CycleKeyTaken(message, where="cycle.key") from None


def series_joined(key: str | None, *, by: Any, organization: Organization | None, name: str = "") -> Series | None:
    """The series that a new cycle belongs to, made if there is none; None without a key.

    Raises SeriesTaken: people add only to a series in which, or in whose organization, they organize a cycle. `by` None is the house.
    """
    if not key:
        return None
    found = Series.objects.filter(key=key).first()
    if found is None:
        return series_for(key, name=name, organization=organization)
    if by is not None and not (by.is_superuser or steers_series(by, found)):
        message = _(
            'The series "{key}" is there already, and you organize none of its cycles. Choose another key for the series.',
            key=key,
        )
        raise SeriesTaken(message, where="cycle.series")
    return found


def _waivers(cycle: Cycle, design: Design, *, by: Any) -> None:
    """What was left out, each as a decision that everybody reads."""
    waived = {"aim": design.aim.waived.strip()} if design.aim.waived.strip() else {}
    for name in ("will", "offer", "networks"):
        answer = getattr(design.checks, name)
        if isinstance(answer, Waiver):
            waived[f"checks.{name}"] = answer.waived
    for name, reason in waived.items():
        record_decision(cycle, DecisionKind.WAIVE, by=by, reason=reason, value=name, question=f"Launch without {name}?")


def make_organizer(cycle: Cycle, design: Design, user: Any) -> Membership:
    """Give the user the first role of the Design that may organize, for the whole cycle."""
    role = next((one for one in design.roles if Capability.ORGANIZE.value in one.capabilities), None)
    found, __ = Membership.objects.get_or_create(
        cycle=cycle,
        person=person_for(user),
        role=role.key if role else "organizer",
        group=None,
        until=None,
        defaults={
            "capabilities": [str(one) for one in role.capabilities] if role else [Capability.ORGANIZE.value],
            "since": db_now(),
        },
    )
    return found
