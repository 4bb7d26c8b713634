"""Calibrations: where they stand, which entries are proposed as anchors, how the judges' marks on them differ, what was said."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.crypto import salted_hmac

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group
from games.judging.conflicts import barred
from games.judging.models import Anchor, Calibration, Deliberation, Panelist, PastSheet, Remark, Sheet
from games.judging.queries.deciding import judgeable, judges_in
from games.judging.queries.others import AFTER_FINAL, ALWAYS, Said, others_mode, past_marks, round_rules, said_on
from games.judging.rules import CalibrationState, SheetState, criteria_of
from games.judging.rules.calibrating import ANCHORS, Apart, apart, calibrates, from_others, spread_over
from games.judging.seating import entries_to_mark
from games.organizations.models import Person
from games.submissions.models import Submission
from games.submissions.queries import counting, rules_of, with_ordinal
from leaderboards.engine.spec import Criterion

WITH_TASK: Final = "challenge__round__cycle"


def calibrations() -> QuerySet[Calibration]:
    """Calibrations with their task, round and cycle."""
    return Calibration.objects.select_related(WITH_TASK)


def calibration_on(challenge: Challenge, panel: str) -> Calibration | None:
    """The calibration of a panel, if one was begun."""
    return calibrations().filter(challenge=challenge, panel=panel).first()


def on_panel(challenge: Challenge, panel: str) -> list[Person]:
    """Who judges on a panel and in the cycle, and has not dropped out, by name. One statement."""
    seats = Panelist.objects.filter(challenge=challenge, panel=panel, left_at__isnull=True).select_related("person")
    here = seats.filter(person__in=judges_in(challenge.round.cycle_id).values("person_id"))
    return [one.person for one in here.order_by("person__name", "person_id")]


def wants_calibration(challenge: Challenge, panel: str) -> bool:
    """Whether the rules of the round let nobody of this panel mark before it calibrated."""
    rules = round_rules(challenge.round)
    return rules is not None and rules.calibration and calibrates(rules_of(challenge)[1], panel)


class Place(NamedTuple):
    """A panel that can calibrate. `wanted`: the rules ask for it; `judges`: how many sit on it."""

    challenge: Challenge
    panel: str
    title: str
    wanted: bool
    judges: int
    calibration: Calibration | None


def places_of(cycle: Cycle) -> list[Place]:
    """Every panel of the cycle that can calibrate, in the order of rounds. Three statements."""
    begun = {(one.challenge_id, one.panel): one for one in calibrations().filter(challenge__round__cycle=cycle)}
    seats: dict[tuple[int, str], int] = {}
    held = Panelist.objects.filter(challenge__round__cycle=cycle, left_at__isnull=True)
    for task, panel in held.values_list("challenge_id", "panel"):
        seats[task, panel] = seats.get((task, panel), 0) + 1
    tasks = Challenge.objects.filter(round__cycle=cycle, format="rubric").select_related("round__cycle")
    return [
        Place(
            task,
            panel.key,
            panel.title,
            wants_calibration(task, panel.key),
            seats.get((task.pk, panel.key), 0),
            begun.get((task.pk, panel.key)),
        )
        for task in tasks.order_by("round__number", "number", "pk")
        for panel in rules_of(task)[1].judges_panels
        if calibrates(rules_of(task)[1], panel.key)
    ]


# --- Which entries --------------------------------------------------------------------------------------------------------------------


class Candidate(NamedTuple):
    """An entry that may be an anchor. `topic` as the entrant chose it; `barred`: judges who must not mark it, by name."""

    group: Group
    topic: str
    barred: tuple[str, ...]
    proposed: bool


def candidates(challenge: Challenge, panel: str, *, count: int = ANCHORS) -> list[Candidate]:
    """Every entry of the task, those proposed as anchors marked: spread over topics, and such that every judge may mark them.

    Six statements at most.
    """
    groups, judges = entries_to_mark(challenge), on_panel(challenge, panel)
    no = barred([one.pk for one in groups], judges)
    names = {one.pk: one.name for one in judges}
    topics = _topics(challenge)
    seed = salted_hmac("games.judging.anchors", f"{challenge.pk}:{panel}", algorithm="sha256").hexdigest()
    closed = {group for group, _ in no}
    free = [one.pk for one in groups if one.pk not in closed]
    proposed = set(spread_over(free, topics, count=count, seed=seed))
    found = []
    for one in groups:
        against = tuple(sorted(names[judge] for group, judge in no if group == one.pk))
        found.append(Candidate(one, topics.get(one.pk, ""), against, one.pk in proposed))
    return found


def _topics(challenge: Challenge) -> dict[int, str]:
    """Group → what its entry is about, where the task's form asks."""
    _, spec = rules_of(challenge)
    if spec.topics is None:
        return {}
    entries = counting(Submission.objects.filter(challenge=challenge, pinned__isnull=False)).order_by("number")
    found: dict[int, str] = {}
    for group, data in entries.values_list("group_id", "pinned__data"):
        chosen = data.get(spec.topics, "")
        found[group] = str(chosen[0] if isinstance(chosen, list) and chosen else chosen or "")
    return found


# --- How far, and how it looks --------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Standing:
    """How far a judge of the panel is with the anchors. `whole` is less than the number of anchors where the judge must not mark one."""

    person: Person
    whole: int = 0
    final: int = 0

    @property
    def left(self) -> int:
        """Anchors still to mark."""
        return self.whole - self.final


def sheets_on(calibration: Calibration) -> QuerySet[Sheet]:
    """The sheets on anchors, without those given back or in conflict."""
    anchors = Anchor.objects.filter(calibration=calibration).values("group_id")
    rows = Sheet.objects.filter(challenge=calibration.challenge_id, panel=calibration.panel, group__in=anchors)
    return judgeable(rows.exclude(state=SheetState.RECUSED.value))


def standings(calibration: Calibration, anchors: "Collection[OnAnchor] | None" = None) -> list[Standing]:
    """How far each judge of the panel is, by name. Two statements; one with the `anchors` as organizers see them (`differences`)."""
    found = {one.pk: Standing(one) for one in on_panel(calibration.challenge, calibration.panel)}
    states = (
        sheets_on(calibration).values_list("judge_id", "state")
        if anchors is None
        else [pair for one in anchors for pair in one.states.items()]
    )
    for judge, state in states:
        if judge in found:
            found[judge].whole += 1
            found[judge].final += state == SheetState.FINAL.value
    return list(found.values())


@dataclass(slots=True)
class OnCriterion:
    """The marks on one criterion of an anchor; `apart` is None where nobody marked it."""

    criterion: Criterion
    apart: Apart | None


@dataclass(slots=True)
class OnAnchor:
    """An anchor with its marks as one person may see them.

    `own`: their own sheet; `shown`: whether the others' marks are shown (not before one's own are final); `comments`: judge → words;
    `revising`: judges whose last final marks stand here while they write new ones; `states`: judge → state of a sheet that is seen.
    """

    anchor: Any
    own: Sheet | None = None
    shown: bool = False
    criteria: list[OnCriterion] = field(default_factory=list)
    comments: dict[int, str] = field(default_factory=dict)
    revising: set[int] = field(default_factory=set)
    states: dict[int, str] = field(default_factory=dict)


def differences(calibration: Calibration, persons: Collection[int] | None) -> list[OnAnchor]:
    """Anchor by anchor how the judges' marks differ, for the judge who is `persons`, or (None) for organizers. Three statements, and one for marks, and one where a sheet is open: it may have been final before.

    Anchors that the judge must not mark are left out. While the panel marks, a judge sees the others' as the round's rules say;
    afterwards every anchor that they marked themselves.
    """
    design, spec = rules_of(calibration.challenge)
    anchors = with_ordinal(Anchor.objects.filter(calibration=calibration).select_related("group")).order_by("pk")
    by_group: dict[int, list[Sheet]] = {}
    sheets = list(sheets_on(calibration).prefetch_related("marks").order_by("pk"))
    for one in sheets:
        by_group.setdefault(one.group_id, []).append(one)
    past = _last_final([one.pk for one in sheets if one.state == SheetState.DRAFT.value], design.mark_decimals)
    mode = others_mode(calibration.challenge.round)
    discussed = calibration.state != CalibrationState.MARKING.value
    criteria = criteria_of(spec, calibration.panel)
    found = []
    for anchor in anchors:
        rows = by_group.get(anchor.group_id, [])
        own = next((one for one in rows if persons is not None and one.judge_id in persons), None)
        if persons is not None and own is None:
            continue
        marked = own is not None and (own.state == SheetState.FINAL.value or own.pk in past)
        shown = persons is None or mode == ALWAYS or (marked and (discussed or mode == AFTER_FINAL))
        seen = rows if shown else [one for one in rows if one is own]
        found.append(_on_anchor(anchor, own, seen, past, criteria, decimals=design.mark_decimals, shown=shown))
    return found


def _last_final(sheets: Collection[int], decimals: int) -> dict[int, tuple[Mapping[str, Said], str]]:
    """Sheet → marks and words when it was final last, for sheets that are open again."""
    rows = PastSheet.objects.filter(sheet__in=sheets).order_by("revision") if sheets else PastSheet.objects.none()
    return {one.sheet_id: (past_marks(one, decimals), one.comment) for one in rows}


def _on_anchor(
    anchor: Any,
    own: Sheet | None,
    sheets: Collection[Sheet],
    past: Mapping[int, tuple[Mapping[str, Said], str]],
    criteria: Collection[Criterion],
    *,
    decimals: int,
    shown: bool,
) -> OnAnchor:
    found = OnAnchor(anchor, own, shown, states={one.judge_id: one.state for one in sheets})
    said: dict[int, Mapping[str, Said]] = {}
    for one in sheets:
        if one.state == SheetState.FINAL.value:
            said[one.judge_id], words = said_on(one, decimals), one.comment
        elif one.pk in past:
            said[one.judge_id], words = past[one.pk]
            found.revising.add(one.judge_id)
        else:
            continue
        if words:
            found.comments[one.judge_id] = words
    for criterion in criteria:
        values = {
            judge: mark.value for judge, marks in said.items() if (mark := marks.get(criterion.key)) and mark.value is not None
        }
        found.criteria.append(OnCriterion(criterion, apart(values)))
    return found


def leaning(judge: int, anchors: Collection[OnAnchor]) -> Fraction | None:
    """How far a judge's marks on the anchors lie above (or, below zero, under) the others', as a share of the scale; None: no others.

    Only criteria with bounds are compared: a share of nothing is nothing.
    """
    shares: list[dict[int, Fraction]] = []
    for anchor in anchors:
        for one in anchor.criteria:
            low, high = one.criterion.min, one.criterion.max
            if one.apart is not None and low is not None and high is not None and high > low:
                shares.append({key: (value - low) / (high - low) for key, value in one.apart.marks.items()})
    return from_others(judge, shares)


# --- The talk -------------------------------------------------------------------------------------------------------------------------


def talk_of(calibration: Calibration) -> Deliberation | None:
    """What the judges of a panel say about their calibration; None before they talk."""
    talks = Deliberation.objects.filter(challenge=calibration.challenge_id, panel=calibration.panel, group__isnull=True)
    return talks.order_by("-pk").first()


def remarks_of(calibration: Calibration) -> QuerySet[Remark]:
    """What was said, in its order."""
    talks = Deliberation.objects.filter(challenge=calibration.challenge_id, panel=calibration.panel, group__isnull=True)
    return Remark.objects.filter(deliberation__in=talks).select_related("deliberation").order_by("at", "pk")


def speaker_on(calibration: Calibration, persons: Collection[int]) -> Person | None:
    """As whom somebody speaks: as the judge of the panel they are, else as themselves."""
    seats = Panelist.objects.filter(challenge=calibration.challenge_id, panel=calibration.panel, person__in=sorted(persons))
    on = Exists(seats.filter(person=OuterRef("pk")))
    return Person.objects.filter(pk__in=sorted(persons)).annotate(on=on).order_by("-on", "pk").first()
