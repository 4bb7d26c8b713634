"""The facts of a plan: which entries a panel has to judge, who is there for it, who must not, what stays, what is dealt anew.

Read by the worker before it plans, and again when the plan is applied: the stamp says whether anything changed in between.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.fields.json import KeyTransform

from games.challenges.models import Challenge
from games.cycles.rules import digest_of
from games.groups.models import Group
from games.judging.conflicts import Bar as Why
from games.judging.conflicts import barred
from games.judging.models import Anchor, AssignmentPlan, Panelist, Sheet
from games.judging.queries import judges_in
from games.judging.queries.peers import PEERS, groups_of_peers, who_judges
from games.judging.rules import OPEN_SHEETS, PlanState, SheetState
from games.judging.rules.plans import Aim, Asked, entry_key, judge_key, usual_each
from games.judging.seating import entries_to_mark
from games.submissions.models import Submission
from games.submissions.queries import counting, rules_of
from leaderboards.engine.planning import Bar, Entry, Judge, Problem

OPEN = frozenset(state.value for state in OPEN_SHEETS)
type Pair = tuple[int, int]


@dataclass(slots=True)
class About:
    """What an entry says it is about, and in which language it is."""

    topics: tuple[str, ...] = ()
    language: str = ""


@dataclass
class Facts:
    """A panel as it is now. Pairs are (group, judge), as ids.

    `seats`: judges who are there; `gone`: those who dropped out or no longer judge. `bars`: who must not. `kept`: pairs with a live sheet
    that stays, with its state. `take`: open sheets of who is gone or must not: they are dealt anew. `given_back`: recused pairs.
    `teams`: on a panel of peers, judge → their team.
    """

    challenge: Challenge
    panel: str
    groups: list[Group]
    seats: list[Panelist]
    gone: list[Panelist]
    about: dict[int, About]
    bars: dict[Pair, Why]
    kept: dict[Pair, str] = field(default_factory=dict)
    take: dict[Pair, str] = field(default_factory=dict)
    given_back: set[Pair] = field(default_factory=set)
    anchors: list[int] = field(default_factory=list)
    teams: dict[int, int] = field(default_factory=dict)

    @cached_property
    def live(self) -> Counter[int]:
        """Judges per entry among the pairs that stay."""
        return Counter(group for group, _ in self.kept)

    @cached_property
    def stamp(self) -> str:
        """Names this very state of the facts."""
        return digest_of(
            {
                "entries": [[one.pk, *self._about(one.pk)] for one in sorted(self.groups, key=lambda one: one.pk)],
                "judges": [
                    [one.person_id, sorted(one.topics), sorted(one.languages), one.max_load]
                    for one in sorted(self.seats, key=lambda one: one.person_id)
                ],
                "bars": sorted([*pair] for pair in self.bars),
                "kept": sorted([*pair] for pair in self.kept),
                "take": sorted([*pair] for pair in self.take),
                "given_back": sorted([*pair] for pair in self.given_back),
                "anchors": self.anchors,
                "teams": sorted([judge, team] for judge, team in self.teams.items()),
            }
        )

    def _about(self, group: int) -> tuple[list[str], str]:
        about = self.about.get(group, About())
        return sorted(about.topics), about.language


def facts_of(challenge: Challenge, panel: str) -> Facts:
    """Everything a plan depends on. Five statements, two more on a panel of peers, whatever the number of entries and judges."""
    anchors = Anchor.objects.filter(calibration__challenge=challenge, calibration__panel=panel, group=OuterRef("pk"))
    groups = entries_to_mark(challenge, anchor=Exists(anchors))
    held = Exists(judges_in(challenge.round.cycle_id).filter(person=OuterRef("person_id")))
    seated = Panelist.objects.filter(challenge=challenge, panel=panel).select_related("person").annotate(judges=held)
    rows = list(seated.order_by("person__name", "pk"))
    teams = groups_of_peers(challenge, panel) if who_judges(challenge, panel) == PEERS else {}
    seats: list[Panelist] = [one for one in rows if one.left_at is None and (one.person_id in teams if teams else one.judges)]
    here = {one.person_id for one in seats}
    ids = [one.pk for one in groups]
    facts = Facts(
        challenge=challenge,
        panel=panel,
        groups=groups,
        seats=seats,
        gone=[one for one in rows if one.person_id not in here],
        about=_about(challenge),
        bars=barred(ids, [one.person for one in seats]),
        anchors=sorted(one.pk for one in groups if one.anchor),  # type: ignore[attr-defined]
        teams=teams,
    )
    there = set(ids)
    for group, judge, state in Sheet.objects.filter(challenge=challenge, panel=panel).values_list(
        "group_id", "judge_id", "state"
    ):
        pair = (group, judge)
        if group not in there:
            continue
        if state == SheetState.RECUSED.value:
            facts.given_back.add(pair)
        elif state in OPEN and (judge not in here or pair in facts.bars):
            facts.take[pair] = state
        else:
            facts.kept[pair] = state
    return facts


def _about(challenge: Challenge) -> dict[int, About]:
    """What entries say in the fields that the task names for topics and language; of several entries of a group the last counts."""
    _, spec = rules_of(challenge)
    if not spec.topics and not spec.language:
        return {}
    entries: QuerySet[Submission, Any] = counting(Submission.objects.filter(challenge=challenge, pinned__isnull=False))
    asked = {
        name: KeyTransform(key, F("pinned__data")) for name, key in (("topic", spec.topics), ("tongue", spec.language)) if key
    }
    found: dict[int, About] = {}
    for row in entries.annotate(**asked).order_by("number").values("group_id", *asked):
        tongue = row.get("tongue")
        found[row["group_id"]] = About(_words(row.get("topic")), next(iter(_words(tongue)), ""))
    return found


def _words(answer: Any) -> tuple[str, ...]:
    """The choices of an answer: one, several, or none."""
    chosen = answer if isinstance(answer, list) else [answer]
    return tuple(one for one in chosen if isinstance(one, str) and one)


# --- The problem that is solved -----------------------------------------------------------------------------------------------------------


def problem_of(facts: Facts, asked: Asked) -> tuple[Problem, list[int]]:
    """The facts as the planner takes them, and the groups that cannot have as many judges as asked (where that is accepted)."""
    bars = {pair: Bar.OWN if why.own else Bar.CONFLICT for pair, why in facts.bars.items()}
    bars |= dict.fromkeys(facts.given_back, Bar.CONFLICT)
    anchors = _everybody(facts, asked) if asked.aim is Aim.DEAL else []
    wanted, short = _wanted(facts, asked, {pair for pair in bars if pair not in facts.kept})
    problem = Problem(
        entries=tuple(_entry(facts, one, wanted[one.pk], asked) for one in facts.groups),
        judges=tuple(_judge(one, asked, facts.teams.get(one.person_id)) for one in facts.seats),
        per_entry=asked.per_entry,
        barred={(entry_key(group), judge_key(judge)): bar for (group, judge), bar in bars.items()},
        fixed=[(entry_key(group), judge_key(judge)) for group, judge in facts.kept],
        anchors=[entry_key(one) for one in anchors],
        seed=asked.seed,
        fairest=asked.fairest,
        link=asked.link and asked.aim is not Aim.THIRD,
        peers=bool(facts.teams),
    )
    return problem, short


def _entry(facts: Facts, group: Group, wanted: int, asked: Asked) -> Entry:
    about = facts.about.get(group.pk, About())
    return Entry(entry_key(group.pk), frozenset(about.topics), about.language if asked.language else "", wanted)


def _judge(seat: Panelist, asked: Asked, team: int | None = None) -> Judge:
    limits = [one for one in (seat.max_load, asked.max_load) if one is not None]
    return Judge(
        judge_key(seat.person_id),
        max_load=min(limits, default=None),
        topics=frozenset(seat.topics),
        languages=frozenset(seat.languages),
        group="" if team is None else entry_key(team),
    )


def _everybody(facts: Facts, asked: Asked) -> list[int]:
    """The entries that everybody marks: those of the calibration, and as many more as asked, spread by the seed."""
    more = [one.pk for one in facts.groups if one.pk not in facts.anchors]
    more.sort(key=lambda pk: digest_of([asked.seed, pk]))
    return [*facts.anchors, *more[: max(0, asked.anchors - len(facts.anchors))]]


def _wanted(facts: Facts, asked: Asked, no: set[Pair]) -> tuple[dict[int, int], list[int]]:
    """Judges for each entry, those it has counted; and the entries that get fewer than asked."""
    if asked.aim is Aim.THIRD:
        return {one.pk: facts.live[one.pk] + (one.pk == asked.group) for one in facts.groups}, []
    wanted = {one.pk: max(asked.per_entry, facts.live[one.pk]) for one in facts.groups}
    if not asked.partly:
        return wanted, []
    short = []
    for group in facts.groups:
        about = facts.about.get(group.pk, About())
        free = sum(1 for seat in facts.seats if _fits(seat, group.pk, about, asked, facts, no))
        if wanted[group.pk] > facts.live[group.pk] + free:
            short.append(group.pk)
            wanted[group.pk] = facts.live[group.pk] + free
    return wanted, short


def _fits(seat: Panelist, group: int, about: About, asked: Asked, facts: Facts, no: set[Pair]) -> bool:
    """Whether the judge could have the entry besides those they have."""
    pair = (group, seat.person_id)
    reads = not (asked.language and about.language and seat.languages) or about.language in seat.languages
    return pair not in facts.kept and pair not in no and reads


# --- What was asked before ----------------------------------------------------------------------------------------------------------------


def gaps_of(facts: Facts, plans: Sequence[AssignmentPlan] | None = None) -> Asked:
    """What fills the gaps: as many judges for each entry as the last plan gave, else as most entries were given.

    `plans`: those of the panel, where they are known already; else one statement.
    """
    if plans is None:
        there = AssignmentPlan.objects.filter(challenge=facts.challenge, panel=facts.panel, state=PlanState.APPLIED.value)
        plans = list(there.defer("found").order_by("-applied_at", "-pk")[:20])
    rows = sorted((one for one in plans if one.applied_at is not None), key=lambda one: (one.applied_at, one.pk), reverse=True)
    last = next((one for row in rows if (one := Asked.of(row.asked)).aim is Aim.DEAL), None)
    given = Counter(group for group, _ in (*facts.kept, *facts.take, *facts.given_back))
    each = last.per_entry if last is not None else usual_each(given.values())
    before = last or Asked()
    return Asked(
        aim=Aim.GAPS,
        per_entry=max(1, min(each, len(facts.seats))),
        max_load=before.max_load,
        seed=before.seed,
        language=before.language,
        partly=True,
    )


def missing(facts: Facts, gaps: Asked) -> int:
    """How many judges entries miss, where sheets were given out at all."""
    if not facts.kept and not facts.take:
        return 0
    return sum(max(0, gaps.per_entry - facts.live[one.pk]) for one in facts.groups)
