"""An imported cycle is settled: rounds that are over are closed and published, results computed, snapshots and awards written."""

from collections.abc import Collection
from typing import Final

from games.bundles.actions.boards import write_boards
from games.bundles.actions.landing import Landing
from games.bundles.actions.won import load_grants
from games.bundles.past import courses
from games.cycles.models import Decision
from games.cycles.rules import CycleState
from games.playbooks.rules import Visibility
from games.progression.actions import widen_by_rules
from games.progression.rules import decided_after
from games.recognition.models import Grant, GrantPass
from games.recognition.queries import point_facts
from games.recognition.rules import GrantState
from games.results.actions import panel_analyses, plan_of, request_refresh, store_panel_analyses, store_scores
from games.results.queries import facts_of
from games.results.rules import AwardPlan, known_facts
from games.rounds.models import Entrant, Round
from games.rounds.rules import RoundState, state_of
from games.submissions.models import Submission
from games.submissions.rules import SubmissionState
from leaderboards.computing import compute, is_light
from leaderboards.engine.outcome import Outcome

BATCH: Final = 1000
COURSE: Final = (
    "opened_at",
    "passed_at",
    "extended_to",
    "locked_at",
    "closed_at",
    "published_at",
    "visibility",
    "settled_state",
)


def settle_imported(landing: Landing, *, results: bool) -> None:
    """Rounds and the cycle into their states; with `results` everything that follows from them."""
    rounds = _rounds(landing)
    published = [one for one in rounds if one.published_at is not None]
    _state(landing, rounds)
    for one in published:
        if any(spec.widens for spec in landing.design.rounds if spec.key == one.key):
            widen_by_rules(one, landing.now)
    if not results:
        return
    found = facts_of(landing.cycle, points=point_facts(landing.cycle))
    outcome = compute(landing.design, found)
    store_scores(landing.cycle, outcome)
    if is_light():
        request_refresh(landing.cycle)  # a worker analyses the panels: that needs numpy
    else:
        store_panel_analyses(landing.cycle, panel_analyses(landing.cycle, landing.design, found, outcome))
    keys = {one.key for one in published}
    public = known_facts(landing.design, found, keys)
    shown = outcome if public == found else compute(landing.design, public)
    write_boards(landing, outcome, shown, published)
    if published:
        awards = plan_of(landing.cycle, shown, publishing=published[-1].key)["awards"]
        if landing.bundle.tables.grants.rows:
            load_grants(landing)
        else:
            _grants(landing, awards)
        _passes(landing, awards)
        _entrants(landing, published, outcome)
        _show(landing, published)


def _rounds(landing: Landing) -> list[Round]:
    """Every round as it went. No journal entries: what happened elsewhere starts nothing here."""
    found = courses(landing.bundle, landing.now)
    rounds = list(Round.objects.filter(cycle=landing.cycle).order_by("number"))
    for one in rounds:
        row, spec = found[one.key], landing.design.round(one.key)
        one.opened_at, one.passed_at, one.extended_to = row.opened, row.passed, row.extended
        one.locked_at, one.closed_at, one.published_at = row.locked, row.closed, row.published
        if one.gated and one.passed_at is None:
            one.passed_at = row.opened or (one.opens_at if row.closed else None)
        promised = spec.visibility.value if spec else Visibility.SEALED.value
        one.visibility = row.visibility or (promised if row.published else Visibility.SEALED.value)
        one.settled_state = state_of(one.clock, landing.now).value
        one.save(update_fields=COURSE)  # few rounds: cheaper than one statement with eight long cases
    return rounds


def _state(landing: Landing, rounds: list[Round]) -> None:
    states = {RoundState(one.settled_state) for one in rounds}
    state = CycleState.RUNNING
    if not rounds or states == {RoundState.PLANNED}:
        state = CycleState.ENROLLING
    elif all(one.published_at is not None for one in rounds):
        state = CycleState.CLOSED if states == {RoundState.CLOSED} else CycleState.AWARDING
    landing.cycle.state = state.value
    landing.cycle.save(update_fields=["state"])


def _grants(landing: Landing, awards: Collection[AwardPlan]) -> None:
    """Awards of a published cycle were given, if nobody says otherwise; money that nobody won stands in a row of its own."""
    specs = {spec.key: spec for spec in landing.design.awards}
    rows = []
    for plan in awards:
        spec, money = specs[plan["key"]], bool(plan["budget"])
        common = {
            "cycle": landing.cycle,
            "award": spec.key,
            "kind": spec.kind,
            "name": spec.title,
            "board": plan["board"],
            "snapshot": 1,
            "currency": landing.design.cycle.currency if money else "",
            "sessions": spec.sessions,
        }
        rows += [
            Grant(
                **common,
                group_id=landing.groups[one["group"]],
                place=one["place"],
                amount_cents=one["cents"] if money else None,
                state=GrantState.GRANTED.value,
            )
            for one in plan["winners"]
        ]
        if plan["unallocated"]:
            rows.append(Grant(**common, amount_cents=plan["unallocated"], state=GrantState.UNALLOCATED.value))
    Grant.objects.bulk_create(rows, batch_size=BATCH)


def _passes(landing: Landing, awards: Collection[AwardPlan]) -> None:
    """Whom awards passed by."""
    passes = [
        GrantPass(
            cycle=landing.cycle, award=plan["key"], group_id=landing.groups[one["group"]], place=one["place"], why=one["why"]
        )
        for plan in awards
        for one in plan.get("passed", ())
    ]
    GrantPass.objects.bulk_create(passes, batch_size=BATCH)


def _entrants(landing: Landing, published: list[Round], outcome: Outcome) -> None:
    """Who went into the rounds behind a cut that was taken."""
    targets = {key for one in published for key in decided_after(landing.design, one.key)}
    rounds = {one.key: one for one in Round.objects.filter(cycle=landing.cycle, key__in=targets)}
    rows = [
        Entrant(round=rounds[key], group_id=landing.groups[group], via=via, at=landing.now)
        for key in rounds
        for group, via in _ways(landing, key, outcome).items()
    ]
    Entrant.objects.bulk_create(rows, batch_size=BATCH)


def _ways(landing: Landing, key: str, outcome: Outcome) -> dict[str, str]:
    """Group → how it came into the round."""
    ways = dict.fromkeys(outcome.entrants.get(key, ()), "all")
    asked = {
        row.group for row in landing.bundle.tables.decisions.rows if (row.kind, row.round, row.board) == ("advance", key, "")
    }
    cuts = [one for one in outcome.cuts if one.to == key]
    found = {
        "invited": asked,
        "wildcard": {group for one in cuts for group in one.wildcards},
        "cut": {group for one in cuts for group in one.through},
    }
    return ways | {group: via for via, groups in found.items() for group in groups if group in ways}


def _show(landing: Landing, published: list[Round]) -> None:
    """What was handed in for a published round is published; so are the decisions behind it."""
    counts = [SubmissionState.SUBMITTED.value, SubmissionState.LOCKED.value]
    entries = Submission.objects.filter(challenge__round__in=published, state__in=counts)
    entries.update(state=SubmissionState.PUBLISHED.value)
    keys = [one.key for one in published]
    if landing.cycle.state == CycleState.CLOSED.value:
        keys.append("")
    Decision.objects.filter(cycle=landing.cycle, round__in=keys).update(published_at=landing.now)
