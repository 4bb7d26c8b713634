"""What a judge may know of the other judges' marks on the same entry, and under which names; what a sheet said before it was reopened."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Final, NamedTuple

from django.db.models import QuerySet, Value
from django.utils.crypto import salted_hmac

from games.challenges.models import Challenge
from games.cycles.queries import design_of
from games.judging.models import Panelist, PastSheet, Sheet
from games.judging.rules import SheetState
from games.judging.rules.calibrating import numbered
from games.playbooks.schema.tasks import RoundDesign
from games.rounds.models import Round
from games.submissions.queries import is_blind, rules_of
from leaderboards.engine.numbers import from_scaled

NEVER: Final = "never"
AFTER_FINAL: Final = "after_final"
ALWAYS: Final = "always"


def round_rules(round_: Round) -> RoundDesign | None:
    """What the Design says of a round. Usually costs no statement."""
    return design_of(round_.cycle, round_.design_number).round(round_.key)


def others_mode(round_: Round) -> str:
    """When a judge sees the other judges' marks: never, after_final, always."""
    rules = round_rules(round_)
    return NEVER if rules is None else rules.others_marks


def judges_named(round_: Round) -> bool:
    """Whether judges know each other's names, and teams theirs once results are published."""
    rules = round_rules(round_)
    return rules is not None and rules.judges_named


def named_to_team(round_: Round) -> bool:
    """Whether a team reads who judged it: by the rules of the round, once its results are published."""
    return round_.published_at is not None and judges_named(round_)


class Who(NamedTuple):
    """A judge as another judge of the panel knows them: a number, and the name only where the rules say so."""

    number: int
    name: str | None
    chair: bool = False


def judges_on(challenge: Challenge, panel: str, *, named: bool = False) -> dict[int, Who]:
    """Everybody who sits on the panel or has a sheet of it, by id. One statement.

    `named`: whoever asks knows the names anyway (organizers); else the round's rules decide. Peers stay unnamed among each other.
    """
    return judges_of(challenge, (panel,), named=named)[panel]


def judges_of(challenge: Challenge, panels: Collection[str], *, named: bool = False) -> dict[str, dict[int, Who]]:
    """The same of several panels of a task: panel → everybody there, by id. One statement, none for no panel."""
    if not panels:
        return {}
    place = {"challenge": challenge, "panel__in": sorted(panels)}
    seats = Panelist.objects.filter(**place).values_list("panel", "person_id", "person__name", "chair")
    sheets = Sheet.objects.filter(**place).order_by().annotate(chair=Value(value=False))
    rows: dict[str, list[tuple[int, str, bool]]] = {panel: [] for panel in panels}
    for panel, pk, name, chair in seats.union(sheets.values_list("panel", "judge_id", "judge__name", "chair")):
        rows[panel].append((pk, name, chair))
    return {panel: _known(challenge, panel, found, named=named) for panel, found in rows.items()}


def _known(challenge: Challenge, panel: str, rows: Collection[tuple[int, str, bool]], *, named: bool) -> dict[int, Who]:
    secret = salted_hmac("games.judging.numbers", f"{challenge.pk}:{panel}", algorithm="sha256").digest()
    numbers = numbered({pk for pk, _, _ in rows}, secret)
    shown = named or (judges_named(challenge.round) and not _peers(challenge, panel))
    chairs = {pk for pk, _, chair in rows if chair}
    return {pk: Who(numbers[pk], name if shown else None, pk in chairs) for pk, name, _ in rows}


def _peers(challenge: Challenge, panel: str) -> bool:
    return any(one.key == panel and one.who != "judges" for one in rules_of(challenge)[1].judges_panels)


class Said(NamedTuple):
    """A mark as it is read: exact, or none with the reason why."""

    value: Fraction | None
    state: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True)
class OtherSheet:
    """Another judge's final sheet: marks by criterion, and the words to the entrant. Never the judge's own note."""

    who: Who
    comment: str
    marks: Mapping[str, Said] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Others:
    """`mode` as the round's rules say; `shown`: whether that lets this judge see them now; `sheets` by number."""

    mode: str
    shown: bool
    sheets: tuple[OtherSheet, ...] = ()


def said_on(sheet: Any, decimals: int) -> dict[str, Said]:
    """The marks of a sheet whose marks are loaded, by criterion."""
    return {
        one.criterion: Said(None if one.value is None else from_scaled(one.value, decimals), one.state, one.comment)
        for one in sheet.marks.all()
    }


def others_on(sheet: Sheet) -> Others:
    """What the judge of a sheet sees of the others' marks on the same entry. No statement where nothing is shown, else three or four.

    Final sheets of the same panel only: nobody sees what another judge is still thinking about.
    """
    mode = others_mode(sheet.challenge.round)
    final = sheet.state == SheetState.FINAL.value
    if mode == NEVER or sheet.state == SheetState.RECUSED.value or (mode == AFTER_FINAL and not final):
        return Others(mode, shown=False)
    design, _ = rules_of(sheet.challenge)
    rows = Sheet.objects.filter(challenge=sheet.challenge_id, group=sheet.group_id, panel=sheet.panel)
    rows = rows.filter(state=SheetState.FINAL.value).exclude(pk=sheet.pk).prefetch_related("marks")
    found = list(rows)
    who = judges_on(sheet.challenge, sheet.panel) if found else {}
    sheets = [OtherSheet(who[one.judge_id], one.comment, said_on(one, design.mark_decimals)) for one in found]
    return Others(mode, shown=True, sheets=tuple(sorted(sheets, key=lambda one: one.who.number)))


class Before(NamedTuple):
    """A sheet as it was before it was opened again."""

    row: PastSheet
    marks: Mapping[str, Said]


def before_of(sheet: Sheet) -> list[Before]:
    """What a sheet said each time it was final and was opened again, the latest first. One statement."""
    design, _ = rules_of(sheet.challenge)
    return [Before(one, past_marks(one, design.mark_decimals)) for one in past_of(sheet)]


def past_of(sheet: Sheet) -> QuerySet[PastSheet]:
    """The former states of a sheet, the latest first."""
    return PastSheet.objects.filter(sheet=sheet).order_by("-revision")


def past_marks(one: PastSheet, decimals: int) -> dict[str, Said]:
    """The marks of a former state by criterion."""
    return {
        key: Said(None if value is None else from_scaled(value, decimals), state, comment)
        for key, (value, state, comment) in one.marks.items()
    }


def unnamed_to(persons: Collection[int]) -> set[int]:
    """Groups that these judges must not read about by name beside their sheets: they have, or had, one on them in a round judged blind now.

    A conflict that was declared from such a sheet names its group to nobody who marked: it would tell whose the entry was. Two statements.
    """
    sheets = Sheet.objects.filter(judge__in=sorted(persons), challenge__round__published_at__isnull=True)
    rows = sheets.order_by().values_list("challenge__round_id", "group_id").distinct()
    held: dict[int, set[int]] = {}
    for round_, group in rows:
        held.setdefault(round_, set()).add(group)
    rounds = Round.objects.filter(pk__in=held).select_related("cycle") if held else Round.objects.none()
    return {group for one in rounds if is_blind(one) for group in held[one.pk]}
