"""The feedback contract: which promised words are missing, and who could write them."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from games.challenges.models import Challenge
from games.challenges.queries import challenges_of
from games.cycles.queries import decisions_in_force, design_of
from games.cycles.rules import DecisionKind
from games.errors import Problem
from games.groups.models import Group
from games.groups.rules import GroupState
from games.judging.models import Mark, Sheet
from games.judging.rules import SheetState
from games.judging.rules.feedback import Promise, is_said, promise_of, promised_criteria, without_words, writes_words
from games.judging.rules.marks import Scaled
from games.organizations.models import Person
from games.playbooks.schema import ChallengeDesign
from games.rounds.models import Round
from games.submissions.models import Submission
from games.submissions.queries import counting, rules_of
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import Criterion

SAID: Final = r"\S"
WAIVED: Final = "feedback"
"""The value of the decision (override) by which a round is published although promised feedback is missing."""


@dataclass(frozen=True, slots=True)
class Owed:
    """Promised words that nobody has written: on one criterion of an entry, or on the entry (`criterion` is None).

    `judges`: who has a sheet on it, and so could write them.
    """

    challenge: Challenge
    group: Group
    criterion: Criterion | None
    judges: tuple[Person, ...]

    @property
    def problem(self) -> Problem:
        """As part of a refusal: which entry, which criterion, which judge."""
        on = _(', criterion "{criterion}"', criterion=self.criterion.title) if self.criterion is not None else ""
        who = ", ".join(one.name for one in self.judges) or _("nobody judges it")
        return Problem(f"{self.challenge.key}.{self.group.key}", f'"{self.group.name}"{on}: {who}', "feedback_missing")


def promise_in(round_: Round) -> Promise:
    """What the round promises, by the rules it runs under."""
    return promise_of(design_of(round_.cycle, round_.design_number).round(round_.key))


def is_waived(round_: Round) -> bool:
    """Whether an organizer decided that the round counts although promised feedback is missing."""
    return decisions_in_force(round_.cycle, DecisionKind.OVERRIDE).filter(round=round_.key, value=WAIVED).exists()


def worded() -> Q:
    """Sheets on which a judge wrote something to the entrant."""
    return Q(comment__regex=SAID) | Q(Exists(Mark.objects.filter(sheet=OuterRef("pk"), comment__regex=SAID)))


def owed_in(round_: Round) -> list[Owed]:
    """Every piece of feedback that the round promised and nobody has written yet, in order of tasks and groups.

    No statement where nothing is promised; at most six, whatever the size.
    """
    promise = promise_in(round_)
    if promise is Promise.NOTHING:
        return []
    tasks = [one for one in challenges_of(round_) if writes_words(rules_of(one)[1])]
    entered, written = _entered(tasks), _written(tasks, promise)
    missing: list[tuple[Challenge, int, Criterion | None]] = []
    for task in tasks:
        wanted: Sequence[Criterion] = promised_criteria(rules_of(task)[1]) if promise is Promise.CRITERION else ()
        for group in entered[task.pk]:
            said: set[str] = written.get((task.pk, group), set())
            if promise is Promise.CRITERION:
                missing += [(task, group, one) for one in without_words(wanted, said)]
            elif not said:
                missing.append((task, group, None))
    return _named(missing)


def _entered(tasks: Sequence[Challenge]) -> dict[int, list[int]]:
    """Task → the groups with an entry that counts; where nothing is handed in, those that somebody judges. By name; two statements."""
    written = [one.pk for one in tasks if rules_of(one)[1].form]
    live = [one.pk for one in tasks if one.pk not in written]
    entries = counting(Submission.objects.filter(challenge__in=written))
    judged = Sheet.objects.filter(challenge__in=live, group__state=GroupState.ACTIVE.value).exclude(
        state=SheetState.RECUSED.value
    )
    found: dict[int, list[int]] = {one.pk: [] for one in tasks}
    for rows in (entries if written else entries.none(), judged if live else judged.none()):
        for task, group in rows.order_by("group__name", "group_id").values_list("challenge_id", "group_id").distinct():
            found[task].append(group)
    return found


def _written(tasks: Iterable[Challenge], promise: Promise) -> dict[tuple[int, int], set[str]]:
    """(task, group) → the criteria on which a final sheet says something; "" stands for words on the whole."""
    found: defaultdict[tuple[int, int], set[str]] = defaultdict(set)
    final = Q(sheet__challenge__in=[one.pk for one in tasks], sheet__state=SheetState.FINAL.value)
    marks = Mark.objects.filter(final, comment__regex=SAID).order_by()
    for task, group, criterion in marks.values_list("sheet__challenge_id", "sheet__group_id", "criterion").distinct():
        found[task, group].add(criterion)
    if promise is Promise.ENTRY:
        sheets = Sheet.objects.filter(challenge__in=tasks, state=SheetState.FINAL.value, comment__regex=SAID).order_by()
        for task, group in sheets.values_list("challenge_id", "group_id").distinct():
            found[task, group].add("")
    return found


def _named(missing: Sequence[tuple[Challenge, int, Criterion | None]]) -> list[Owed]:
    """With groups and judges: two statements."""
    if not missing:
        return []
    wanted = {group for _task, group, _criterion in missing}
    groups = Group.objects.in_bulk(wanted)
    sheets = Sheet.objects.filter(challenge__in={task.pk for task, _group, _criterion in missing}, group__in=wanted)
    judges: defaultdict[tuple[int, int], list[tuple[str, Person]]] = defaultdict(list)
    for sheet in sheets.exclude(state=SheetState.RECUSED.value).select_related("judge").order_by("judge__name", "judge_id"):
        judges[sheet.challenge_id, sheet.group_id].append((sheet.panel, sheet.judge))
    return [
        Owed(task, groups[group], one, _could_write(rules_of(task)[1], one, judges[task.pk, group]))
        for task, group, one in missing
    ]


def _could_write(spec: ChallengeDesign, one: Criterion | None, judges: Iterable[tuple[str, Person]]) -> tuple[Person, ...]:
    """Judges of the panel that marks the criterion, or of any panel; each once."""
    panel = "" if one is None else spec.panel_of(one)
    return tuple({person.pk: person for on, person in judges if panel in {"", on}}.values())


def words_owed(sheet: Sheet, marks: Iterable[Scaled]) -> tuple[Criterion, ...]:
    """The criteria of a sheet on which words are promised and neither this sheet (with `marks`) nor another final one says any.

    No statement where nothing is promised or all is said, else one.
    """
    if promise_in(sheet.challenge.round) is not Promise.CRITERION:
        return ()
    spec = rules_of(sheet.challenge)[1]
    own = without_words(promised_criteria(spec, sheet.panel), {one.criterion for one in marks if is_said(one.comment)})
    return without_words(own, said_by_others(sheet)) if own else ()


def said_by_others(sheet: Sheet) -> set[str]:
    """The criteria of the same entry on which another final sheet says something."""
    others = Mark.objects.filter(sheet__challenge=sheet.challenge_id, sheet__group=sheet.group_id, comment__regex=SAID)
    final = others.filter(sheet__state=SheetState.FINAL.value).exclude(sheet=sheet.pk)
    return set(final.order_by().values_list("criterion", flat=True).distinct())


def feedback_sheets(group: Group) -> QuerySet[Sheet]:
    """The final sheets on a group's entries in published rounds that say something, the newest round first."""
    rows = Sheet.objects.filter(worded(), group=group, state=SheetState.FINAL.value, challenge__round__published_at__isnull=False)
    return rows.select_related("challenge__round").order_by("-challenge__round__number", "challenge__number", "pk")
