"""How sure comparisons in pairs make us, worked out where results are and kept; and what is known for choosing, set right by all votes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.journal.queries import db_now
from games.judging.actions import restated
from games.judging.models import Vote
from games.judging.queries.pairs import counted, entries_in
from games.results.actions.showing import show_first
from games.results.models import PanelAnalysis
from games.results.queries.facts import judge_keys
from games.submissions.queries import rules_of
from leaderboards.engine import facts
from leaderboards.engine.pairwise import Pace, analyse
from leaderboards.engine.pairwise.told import body_of, digest, lines_of

LATELY: Final = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Analysed:
    """An analysis to be kept."""

    challenge: Challenge
    panel: str
    body: dict[str, Any]
    digest: str
    at: datetime


def pair_analyses(cycle: Cycle) -> list[Analysed]:
    """What is new about the comparisons of a cycle. Costs next to nothing where nobody voted since. Needs numpy: in a worker only."""
    tasks = list(Challenge.objects.filter(round__cycle=cycle, format="pairwise").select_related("round__cycle"))
    if not tasks:
        return []
    now, judges = db_now(), judge_keys(cycle)
    known = dict(PanelAnalysis.objects.filter(challenge__in=tasks).values_list("challenge_id", "digest"))
    return [found for one in tasks if (found := _analysed(one, judges, known.get(one.pk, ""), now)) is not None]


def _analysed(challenge: Challenge, judges: dict[int, str], known: str, now: datetime) -> Analysed | None:
    design, spec = rules_of(challenge)
    groups = dict(entries_in(challenge).values_list("pk", "key"))
    votes = list(_votes(challenge, groups, judges))
    entries = sorted(groups.values())
    lines = lines_of(design, challenge.round.key, spec, len(entries))
    name = digest(votes, entries, lines)
    if name == known:
        return None
    found = analyse(votes, entries, lines=lines, pace=_pace(challenge, now))
    return Analysed(challenge, spec.judges_panels[0].key, body_of(found, entries), name, now)


def _votes(challenge: Challenge, groups: dict[int, str], judges: dict[int, str]) -> list[facts.Vote]:
    """In order of time."""
    rows = counted(Vote.objects.filter(challenge=challenge, a__in=groups, b__in=groups)).order_by("at", "pk")
    return [
        facts.Vote("", "", judges[judge], groups[a], groups[b], outcome, count, "" if of is None else str(of))
        for judge, a, b, outcome, count, of in rows.values_list("judge_id", "a_id", "b_id", "outcome", "count", "ranking_id")
    ]


def _pace(challenge: Challenge, now: datetime) -> Pace | None:
    """How fast judges go at present, and how long they may; None where nobody votes, or no end is set."""
    end = challenge.round.judging_closes_at
    votes = counted(Vote.objects.filter(challenge=challenge, at__gt=now - LATELY)).exclude(outcome="")
    found = votes.aggregate(n=Count("pk"), last=Max("at"))
    if end is None or not found["n"]:
        return None
    return Pace(found["n"] / (LATELY.total_seconds() / 3600), (end - now).total_seconds() / 3600)


@transaction.atomic
def store_pair_analyses(found: list[Analysed]) -> None:
    """Keep them, one for each panel; what is known for choosing the next pairs is set right by all votes."""
    for one in found:
        PanelAnalysis.objects.update_or_create(
            challenge=one.challenge,
            panel=one.panel,
            defaults={"body": one.body, "digest": one.digest, "computed_at": one.at},
        )
        if one.challenge.round.published_at is None:
            restated(one.challenge)
    for cycle in {one.challenge.round.cycle_id: one.challenge.round.cycle for one in found}.values():
        show_first(cycle)
