"""What decides about a sheet, and what judges may know of an entry."""

from collections.abc import Callable, Collection
from typing import Any, Final

from django.db.models import BooleanField, Exists, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Now

from games.challenges.models import Challenge
from games.cycles.queries import design_of
from games.groups.models import Membership
from games.judging.conflicts import in_conflict, own_group, unbarred
from games.judging.models import Anchor, Calibration, Mark, Panelist, Sheet
from games.judging.rules import Scaled, Seat, SheetState, Sitting
from games.judging.rules.calibrating import calibrates
from games.organizations.models import Person
from games.playbooks.rules import Capability
from games.playbooks.schema import ChallengeDesign
from games.rounds.models import Extension, Round
from games.submissions.models import Submission
from games.submissions.queries import counting, with_ordinal
from leaderboards.kept import Kept

type Look = Callable[[], list[Any]]


def on_anchor() -> Exists:
    """Whether a sheet is on an anchor of its panel's calibration."""
    place = {"calibration__challenge": OuterRef("challenge_id"), "calibration__panel": OuterRef("panel")}
    return Exists(Anchor.objects.filter(**place, group=OuterRef("group_id")))


def playing(cycle: Any) -> QuerySet[Membership]:
    """Who plays in a cycle now."""
    return Membership.objects.filter(cycle=cycle, group__isnull=False, until__isnull=True)


def judges_in(cycle: Any) -> QuerySet[Membership]:
    """Who judges in a cycle. JSON is searched as text: `contains` is not known to every database."""
    return Membership.objects.filter(
        cycle=cycle, group__isnull=True, until__isnull=True, capabilities__icontains=f'"{Capability.JUDGE.value}"'
    )


def entry_of(challenge: str = "challenge_id", group: str = "group_id") -> QuerySet[Submission]:
    """The entry of a group that is judged, of several the last: to be used as a subquery."""
    return _pinned(challenge_id=OuterRef(challenge), group_id=OuterRef(group)).order_by("-number")


def entries_by_group(challenge: Challenge) -> dict[int, int | None]:
    """The same of every group of a task at once: id of the group → id of the version that is judged."""
    return dict(_pinned(challenge=challenge).order_by("number").values_list("group_id", "pinned_id"))


def _pinned(**of: Any) -> QuerySet[Submission]:
    return counting(Submission.objects.filter(**of, pinned__isnull=False))


def locked_sheet(sheet: Sheet | Look) -> list[Any]:
    """The sheet, locked and fresh, with all that decides about it; a row per mark (`marked`, `mark_value`, …), at least one.

    One statement. The row lock makes saving, finalizing and reopening of one sheet follow each other. `sheet` may be what gives the rows of
    `locking`, if whoever asks may have them; otherwise it raises.
    """
    return sheet() if callable(sheet) else _locked(sheet.pk)


def locking(sheets: QuerySet[Sheet]) -> QuerySet[Sheet, Any]:
    """These sheets as `locked_sheet` gives one."""
    return (
        with_facts(sheets.select_related("challenge__round__cycle", "group", "judge"))
        .select_for_update(of=("self",), no_key=True)
        .annotate(
            marked=F("marks__criterion"),
            mark_value=F("marks__value"),
            mark_state=F("marks__state"),
            mark_comment=F("marks__comment"),
        )
    )


_locked: Final[Kept[Sheet, Any]] = Kept(lambda pk: locking(Sheet.objects.filter(pk=pk)), int)
"""Putting it together takes longer than asking the database."""


def with_facts(sheets: QuerySet[Sheet]) -> QuerySet[Sheet, Any]:
    """Annotate what `seat_of` and `sitting_of` read: now, until, on_panel, holds, own, conflict, judged, calibration, anchor."""
    round_ = "challenge__round"
    extension = Extension.objects.filter(round=OuterRef(f"{round_}_id"), group=OuterRef("group_id"))
    panel = Panelist.objects.filter(challenge=OuterRef("challenge_id"), panel=OuterRef("panel"), person=OuterRef("judge_id"))
    calibration = Calibration.objects.filter(challenge=OuterRef("challenge_id"), panel=OuterRef("panel"))
    return sheets.annotate(
        now=Now(),
        until=Subquery(extension.values("until")[:1]),
        on_panel=Exists(panel),
        holds=ExpressionWrapper(
            Q(Exists(judges_in(OuterRef(f"{round_}__cycle_id")).filter(person=OuterRef("judge_id"))))
            | (
                Q(Exists(panel.filter(peer=True)))
                & Q(Exists(playing(OuterRef(f"{round_}__cycle_id")).filter(person=OuterRef("judge_id"))))
            ),
            output_field=BooleanField(),
        ),
        own=own_group(),
        conflict=in_conflict(),
        judged=Subquery(entry_of().values("pinned_id")[:1]),
        calibration=Subquery(calibration.values("state")[:1]),
        anchor=on_anchor(),
    )


def seat_of(row: Any) -> Seat:
    """How the judge of a locked sheet stands to it."""
    return Seat(on_panel=row.on_panel, holds=row.holds, own=row.own, conflict=row.conflict)


def sitting_of(row: Any, spec: ChallengeDesign) -> Sitting:
    """The facts about a locked sheet's time, as the rules take them."""
    round_: Round = row.challenge.round
    rules = design_of(round_.cycle, round_.design_number).round(round_.key)
    return Sitting(
        now=row.now,
        cycle_state=round_.cycle.state,
        clock=round_.clock,
        live=not spec.form,
        handed_in=row.judged is not None,
        until=row.until,
        judging_closes_at=round_.judging_closes_at,
        published_at=round_.published_at,
        reopened=row.state == SheetState.DRAFT and bool(row.reason),
        calibrates=rules is not None and rules.calibration and calibrates(spec, row.panel),
        calibration=row.calibration or "",
        anchor=row.anchor,
    )


def stored_marks(rows: list[Any]) -> tuple[Scaled, ...]:
    """The marks among the rows of `locked_sheet`."""
    return tuple(Scaled(row.marked, row.mark_value, row.mark_state, row.mark_comment) for row in rows if row.marked is not None)


def judgeable(sheets: QuerySet[Sheet]) -> QuerySet[Sheet]:
    """Without sheets on the judge's own group or in conflict: those are not even shown."""
    return sheets.filter(unbarred())


def unless_own(sheets: QuerySet[Sheet], persons: Collection[int]) -> QuerySet[Sheet]:
    """Without those sheets of these persons that they must not judge; sheets of other judges stay."""
    return sheets.exclude(Q(judge_id__in=sorted(persons)) & (Q(own_group()) | Q(in_conflict())))


def to_mark(sheets: QuerySet[Sheet]) -> QuerySet[Sheet]:
    """Sheets as their judge works with them: round, challenge, group and the group's ordinal, in one statement."""
    return judgeable(with_ordinal(sheets)).select_related("challenge__round__cycle", "group", "version")


def entry_for(sheet: Sheet) -> Submission | None:
    """The entry that a sheet judges, with its challenge, round, cycle and files; None where nothing was handed in."""
    mine = Submission.objects.filter(challenge=sheet.challenge_id, group=sheet.group_id, pinned__isnull=False)
    mine = counting(mine) if sheet.version_id is None else mine.filter(versions=sheet.version_id)
    found = mine.select_related("challenge__round__cycle", "pinned").prefetch_related("uploads")
    return found.order_by("-number").first()


def panel_of(challenge: Challenge, panel: str, *, also_left: bool = False) -> QuerySet[Person]:
    """The people on a panel; with `also_left` those too who dropped out."""
    seats = Panelist.objects.filter(challenge=challenge, panel=panel)
    here = seats if also_left else seats.filter(left_at__isnull=True)
    return Person.objects.filter(pk__in=here.values("person_id")).order_by("pk")


def marks_of(sheet: Sheet) -> QuerySet[Mark]:
    """The marks of a sheet."""
    return Mark.objects.filter(sheet=sheet).order_by("pk")
