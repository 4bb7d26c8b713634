"""Grants: nominated from what was published, then moved by people. What was verified or given is never overwritten."""

from collections.abc import Iterable
from typing import Any, Final

from django.db import transaction

from games.cycles.actions import locked, record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.journal.actions import record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.playbooks.schema import Design
from games.recognition.actions.proving import Stream, keep_proof
from games.recognition.models import Grant, GrantPass
from games.recognition.rules import NEEDS_REASON, NEXT_GRANT_STATES, GrantReasonMissing, GrantRefused, GrantState, ProofMissing
from games.results.rules import AwardPlan
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import AwardSpec
from leaderboards.models import Snapshot

FREE: Final = (GrantState.NOMINATED.value, GrantState.UNALLOCATED.value)
GIVEN: Final = (GrantState.GRANTED.value, GrantState.DELIVERED.value)

type Difference = dict[str, Any]
"""A grant that people have acted on, and what the results say now: {grant, award, was, now}."""


@transaction.atomic
def nominate(cycle: Cycle, awards: Iterable[AwardPlan]) -> list[Difference]:
    """Bring nominations to what was computed, with the remainder of the money as a row of its own.

    Nominated rows follow the results. Rows that people have verified, granted, delivered or declined stay as they are; where the
    results now say otherwise, the difference is journalled (once) and returned. The same results again change nothing.
    """
    locked(cycle)
    design, groups = design_of(cycle), dict(Group.objects.filter(cycle=cycle).values_list("key", "pk"))
    specs = {spec.key: spec for spec in design.awards}
    differences: list[Difference] = []
    for plan in awards:
        spec = specs[plan["key"]]
        number = _snapshot_number(cycle, plan["board"])
        differences += _nominate_one(cycle, design, spec, plan, groups, number)
        _remainder(cycle, design, spec, plan, number)
        _pass_by(cycle, spec, plan, groups)
    return differences


def _pass_by(cycle: Cycle, spec: AwardSpec, plan: AwardPlan, groups: dict[str, int]) -> None:
    """Whom the award passed by stands beside it, as the results say now."""
    passed = {groups[one["group"]]: one for one in plan.get("passed", ())}
    GrantPass.objects.filter(cycle=cycle, award=spec.key).exclude(group_id__in=passed).delete()
    for group, one in passed.items():
        told = {"place": one["place"], "why": one["why"]}
        GrantPass.objects.update_or_create(cycle=cycle, award=spec.key, group_id=group, defaults=told)


def _snapshot_number(cycle: Cycle, board: str) -> int | None:
    rows = Snapshot.objects.filter(board__scope=cycle.pk, board__key=board, audience="public").order_by("-number")
    return rows.values_list("number", flat=True).first()


def _nominate_one(
    cycle: Cycle, design: Design, spec: AwardSpec, plan: AwardPlan, groups: dict[str, int], number: int | None
) -> list[Difference]:
    rows = Grant.objects.filter(cycle=cycle, award=spec.key, group__isnull=False).exclude(state=GrantState.REVOKED.value)
    there = {row.group_id: row for row in rows}
    differences: list[Difference] = []
    for winner in plan["winners"]:
        group = groups[winner["group"]]
        wanted: dict[str, Any] = {"place": winner["place"], "amount_cents": winner["cents"] if plan["budget"] else None}
        row = there.pop(group, None)
        if row is None:
            row = Grant.objects.create(cycle=cycle, group_id=group, snapshot=number, **_named(spec, design, plan), **wanted)
            _journal(row, {"to": row.state})
        elif any(getattr(row, name) != value for name, value in wanted.items()):
            differences += _change(row, wanted | {"snapshot": number})
    for row in there.values():
        differences += _take_back(row)
    return differences


def _named(spec: AwardSpec, design: Design, plan: AwardPlan) -> dict[str, Any]:
    currency = design.cycle.currency if plan["budget"] else ""
    named = {"award": spec.key, "kind": spec.kind, "name": spec.title, "board": plan["board"], "currency": currency}
    return named | {"sessions": spec.sessions}


def _change(row: Grant, wanted: dict[str, Any]) -> list[Difference]:
    if row.state not in FREE:
        return _differs(row, {"place": wanted["place"], "cents": wanted["amount_cents"]})
    for name, value in wanted.items():
        setattr(row, name, value)
    row.save(update_fields=[*wanted, "changed_at"])
    _journal(row, {"place": row.place, "cents": row.amount_cents})
    return []


def _take_back(row: Grant) -> list[Difference]:
    """No longer earned: a mere nomination goes, anything more stays and is told."""
    if row.state not in FREE:
        return _differs(row, None) if row.state != GrantState.DECLINED.value else []
    _journal(row, {"from": row.state, "to": None})
    row.delete()
    return []


def _differs(row: Grant, now: dict[str, Any] | None) -> list[Difference]:
    was = {"place": row.place, "cents": row.amount_cents}
    said = "none" if now is None else f"{now['place']}:{now['cents']}"
    key = f"grant-differs:{row.pk}:{row.place}:{row.amount_cents}:{said}"
    if not JournalEntry.objects.filter(key=key).exists():
        _journal(row, {"differs": True, "was": was, "now": now}, key=key)
    return [{"grant": row.pk, "award": row.award, "was": was, "now": now}]


def _remainder(cycle: Cycle, design: Design, spec: AwardSpec, plan: AwardPlan, number: int | None) -> None:
    """Money that nobody won stands in a row without group, so that the rows always add up to the budget."""
    row = Grant.objects.filter(cycle=cycle, award=spec.key, state=GrantState.UNALLOCATED.value).first()
    if not plan["unallocated"]:
        if row is not None:
            row.delete()
        return
    if row is None:
        state, cents = GrantState.UNALLOCATED.value, plan["unallocated"]
        Grant.objects.create(cycle=cycle, state=state, amount_cents=cents, snapshot=number, **_named(spec, design, plan))
    elif row.amount_cents != plan["unallocated"]:
        row.amount_cents, row.snapshot = plan["unallocated"], number
        row.save(update_fields=["amount_cents", "snapshot", "changed_at"])


def _journal(row: Grant, payload: dict[str, Any], *, by: Any = None, key: str | None = None) -> None:
    record(
        Kind.GRANT_CHANGED,
        cycle_id=row.cycle_id,
        by=by,
        group_id=row.group_id,
        subject=f"grant:{row.pk}",
        payload={"award": row.award, **payload},
        key=key,
    )


# --- What people do with a grant ------------------------------------------------------------------------------------------------------


@transaction.atomic
def _move(grant: Grant, state: GrantState, *, by: Any, reason: str = "", proof: str = "") -> Grant:
    before = GrantState(grant.state)
    if state in NEEDS_REASON and not reason.strip():
        message = _("A reason is needed: it stands in the record.")
        raise GrantReasonMissing(message, where="reason")
    if state not in NEXT_GRANT_STATES[before]:
        message = _("A grant that is {before} cannot become {state}.", before=before, state=state)
        raise GrantRefused(message, where="state")
    changed: dict[str, Any] = {"state": state.value}
    if reason:
        changed["reason"] = reason
    if proof:
        changed["proof"] = proof
    if not Grant.objects.filter(pk=grant.pk, state=before.value).update(**changed):
        message = _("Somebody else changed this grant at the same moment: look again.")
        raise GrantRefused(message, where="state")
    grant.refresh_from_db()
    _journal(grant, {"from": before.value, "to": state.value}, by=by)
    return grant


def verify(grant: Grant, *, by: Any, proof: str = "") -> Grant:
    """The rules were kept and the group is who it says: nothing is granted before."""
    return _move(grant, GrantState.VERIFIED, by=by, proof=proof)


@transaction.atomic
def give_grant(grant: Grant, *, by: Any) -> Grant:
    """It is theirs: from now on everybody sees it, and that others forwent it."""
    given = _move(grant, GrantState.GRANTED, by=by)
    forgone = Decision.objects.filter(cycle_id=grant.cycle_id, kind=DecisionKind.FORGO.value, value=grant.award)
    forgone.filter(published_at__isnull=True).update(published_at=db_now())
    return given


@transaction.atomic
def deliver(grant: Grant, *, by: Any, proof: str = "", file: Stream | None = None) -> Grant:
    """It was handed over; `proof` says how (transfer, address, day), or a file shows it. Raises ProofMissing without either, FileRefused."""
    kept = keep_proof(grant, file) if file is not None else ""
    if not proof.strip() and not kept:
        message = _("Say how it was handed over, or add a file that shows it.")
        raise ProofMissing(message, where="proof")
    return _move(grant, GrantState.DELIVERED, by=by, proof=proof)


@transaction.atomic
def decline(grant: Grant, *, by: Any, reason: str) -> Grant:
    """The group does not take it. From now on it forgoes the award by a decision; whether it passes to the next the rules say.

    The reason is for organizers; the decision in the record has none of its words.
    """
    declined = _move(grant, GrantState.DECLINED, by=by, reason=reason)
    group = declined.group
    assert group is not None, "money nobody won cannot be declined"
    told = Grant.objects.filter(cycle=declined.cycle, award=declined.award, state__in=GIVEN).exists()
    words = _("{group} does not take {declined}.", group=group.name, declined=declined.name)
    kind = DecisionKind.FORGO
    record_decision(declined.cycle, kind, by=by, group=group.key, value=declined.award, reason=words, public=told or None)
    return declined


@transaction.atomic
def follow_results(grant: Grant, *, by: Any, reason: str) -> Grant:
    """Take back what the results no longer give as it stands; what they give instead is nominated by a worker."""
    taken = _move(grant, GrantState.REVOKED, by=by, reason=reason)
    _journal(taken, {"follows": True}, by=by)
    return taken


def revoke(grant: Grant, *, by: Any, reason: str) -> Grant:
    """Taken back, with a reason."""
    return _move(grant, GrantState.REVOKED, by=by, reason=reason)


@transaction.atomic
def move_all(cycle: Cycle, before: GrantState, after: GrantState, *, by: Any) -> int:
    """Move every grant that stands at `before` one step on, to `after`; returns how many. Raises GrantReasonMissing, GrantRefused."""
    rows = list(Grant.objects.select_for_update(of=("self",)).filter(cycle=cycle, state=before.value).order_by("pk"))
    for row in rows:
        _move(row, after, by=by)
    return len(rows)
