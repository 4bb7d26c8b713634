"""Attempts: made by a group, judged at once by the check, or by an organizer or an external judge. A verdict changes only by decision."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Max, Q

from games.challenges.models import Challenge
from games.cycles.actions import needs_reason, record_decision
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.journal.actions import record
from games.journal.rules import Kind
from games.organizations.models import Person
from games.playbooks.schema import ChallengeDesign
from games.submissions.actions.writing import check_behind
from games.submissions.models import Attempt
from games.submissions.queries import locked_group, occasion, rules_of
from games.submissions.rules import (
    AlreadySolved,
    AnswerRefused,
    CapReached,
    EntryRefused,
    TooFast,
    check_cycle,
    check_open,
    elapsed_ms,
    exactly_scaled,
    judge,
)
from games.submissions.rules.answers import HINT, MAX_ANSWER, RATE, RATE_WINDOW, SPECIAL, TRIED, VERDICT_LENGTH
from leaderboards.engine.language import gettext as _
from leaderboards.kept_writes import KeptInsert


@transaction.atomic
def attempt(
    *, challenge: Challenge, group: Group, by: Any, person: Person | None = None, answer: str = "", value: Any = None
) -> Attempt:
    """A try by the group itself. Automatic: judged at once. Measured: `value` counts. Attempts: pending until a verdict comes.

    Raises CapReached, TooFast, AlreadySolved, AnswerRefused, PartnersNeeded, and why the round takes nothing now. Four statements.
    """
    row = locked_group(challenge, group)
    check_open(occasion(row, group=row, challenge=challenge, cycle_state=row.cycle_state))
    design, spec = rules_of(challenge)
    _check_tried(spec)
    check_behind(challenge, row)
    if len(answer) > MAX_ANSWER or "\0" in answer:
        msg = _("expected at most {max_answer} characters, and no null character", max_answer=MAX_ANSWER)
        raise AnswerRefused(msg, where="answer")
    tries = _tries(challenge, row, spec, now=row.now)
    _check_tries(spec, tries)
    verdict, scaled = "", None
    if spec.format == "automatic":
        judgement = judge(spec, answer)
        verdict = judgement.verdict
        scaled = None if judgement.value is None else exactly_scaled(judgement.value, design.mark_decimals)
    elif spec.format == "measured":
        scaled = _measured(value, design.mark_decimals)
    return _insert(challenge, row, tries, by=by, person=person, verdict=verdict, value=scaled, answer=answer)


@transaction.atomic
def record_attempt(
    *,
    challenge: Challenge,
    group: Group,
    by: Any,
    verdict: str = "",
    value: Any = None,
    answer: str = "",
    elapsed: int | None = None,
) -> Attempt:
    """What an organizer or an external judge reports: any verdict of the task, `hint` (the cost as value), measured `withdrawn`, `rebase`.

    `elapsed` in ms since the opening, default: now. No deadline and no rate: the record may come in later than the act.
    """
    row = locked_group(challenge, group)
    check_cycle(row.cycle_state)
    design, spec = rules_of(challenge)
    _check_tried(spec)
    _check_verdict(verdict)
    scaled = None if value is None else _measured(value, design.mark_decimals)
    tries = _tries(challenge, row, spec, now=row.now)
    return _insert(challenge, row, tries, by=by, person=None, verdict=verdict, value=scaled, answer=answer, elapsed=elapsed)


@transaction.atomic
def buy_hint(*, challenge: Challenge, group: Group, key: str, by: Any, person: Person | None = None) -> Attempt:
    """A hint for a group, recorded with its cost. Asking again returns the same record and costs nothing."""
    row = locked_group(challenge, group)
    check_open(occasion(row, group=row, challenge=challenge, cycle_state=row.cycle_state))
    design, spec = rules_of(challenge)
    hint = next((one for one in spec.hints if one.key == key), None)
    if hint is None:
        msg = _(
            '"{key}" is not a hint of "{challenge}"; known: {names}',
            key=key,
            challenge=challenge.key,
            names=", ".join(one.key for one in spec.hints) or _("none"),
        )
        raise AnswerRefused(msg, where="hint")
    bought = Attempt.objects.filter(challenge=challenge, group=row, verdict=HINT, answer=key).first()
    if bought is not None:
        return bought
    tries = _tries(challenge, row, spec, now=row.now)
    cost = _measured(hint.cost, design.mark_decimals)
    return _insert(challenge, row, tries, by=by, person=person, verdict=HINT, value=cost, answer=key)


@transaction.atomic
def judge_attempt(*, attempt: Attempt, verdict: str, by: Any, value: Any = None) -> Attempt:
    """The first verdict on a pending attempt. A second one is refused: that takes `rejudge`, with a reason."""
    _check_verdict(verdict, needed=True)
    design, __ = rules_of(attempt.challenge)
    scaled = attempt.value if value is None else _measured(value, design.mark_decimals)
    if not Attempt.objects.filter(pk=attempt.pk, verdict="").update(verdict=verdict, value=scaled):
        msg = _("The attempt was judged before; another verdict needs a decision with a reason.")
        raise EntryRefused(msg)
    valued = attempt.value
    attempt.verdict, attempt.value = verdict, scaled
    _judged(attempt, by=by, value=valued)
    return attempt


@transaction.atomic
def rejudge(*, attempt: Attempt, verdict: str, by: Any, reason: str, value: Any = None) -> Attempt:
    """Another verdict, by decision. The attempt keeps its time; decision and journal keep both verdicts."""
    needs_reason(reason)
    _check_verdict(verdict, needed=True)
    held = Attempt.objects.select_for_update(of=("self",)).select_related("challenge__round__cycle", "group").get(pk=attempt.pk)
    design, __ = rules_of(held.challenge)
    round_ = held.challenge.round
    record_decision(
        round_.cycle,
        DecisionKind.OVERRIDE,
        by=by,
        reason=reason,
        round=round_.key,
        group=held.group.key,
        value=f"rejudge {held.challenge.key} {held.number}: {held.verdict or 'pending'} to {verdict}",
    )
    before, valued = held.verdict, held.value
    held.verdict = verdict
    if value is not None:
        held.value = _measured(value, design.mark_decimals)
    held.save(update_fields=["verdict", "value"])
    _judged(held, by=by, before=before, value=valued)
    return held


def _check_tried(spec: ChallengeDesign) -> None:
    if spec.format not in TRIED:
        msg = _('The task "{spec}" is answered by an entry, not by attempts.', spec=spec.key)
        raise EntryRefused(msg)


def _check_verdict(verdict: str, *, needed: bool = False) -> None:
    if (needed and not verdict) or len(verdict) > VERDICT_LENGTH or verdict != verdict.strip():
        msg = _(
            "expected a verdict of 1 to {verdict_length} characters, such as AC, WA, {names}",
            verdict_length=VERDICT_LENGTH,
            names=", ".join(SPECIAL),
        )
        raise AnswerRefused(msg, where="verdict")


def _measured(value: Any, decimals: int) -> int:
    try:
        return exactly_scaled(value, decimals)
    except ValueError as error:
        raise AnswerRefused(str(error), where="value") from None


def _tries(challenge: Challenge, group: Group, spec: ChallengeDesign, *, now: datetime) -> dict[str, int]:
    """What the group did so far, in one statement after its row is locked: it sees every attempt committed before."""
    tried = ~Q(verdict__in=SPECIAL)
    found: dict[str, int] = Attempt.objects.filter(challenge=challenge, group=group).aggregate(
        last=Max("number"),
        tried=Count("pk", filter=tried),
        recent=Count("pk", filter=tried & Q(at__gt=now - RATE_WINDOW)),
        solved=Count("pk", filter=Q(verdict__in=spec.accepted)),
    )
    return found


def _check_tries(spec: ChallengeDesign, tries: dict[str, int]) -> None:
    if spec.max_attempts is not None and tries["tried"] >= spec.max_attempts:
        msg = _('A team may try "{spec}" {max_attempts} times, and all are used.', spec=spec.key, max_attempts=spec.max_attempts)
        raise CapReached(msg)
    if tries["recent"] >= RATE:
        msg = _("At most {rate} tries a minute: wait a moment.", rate=RATE)
        raise TooFast(msg)
    # A quiz may be taken again for more points; a flag or a number is right once and for all.
    if spec.format == "automatic" and tries["solved"] and (spec.answer is None or spec.answer.kind != "quiz"):
        msg = _('"{spec}" is solved; another try would not count.', spec=spec.key)
        raise AlreadySolved(msg)


_add: Final[KeptInsert[Attempt]] = KeptInsert(Attempt)


def _insert(  # noqa: PLR0913 each part of an attempt is named
    challenge: Challenge,
    row: Any,
    tries: dict[str, int],
    *,
    by: Any,
    person: Person | None,
    verdict: str,
    value: int | None,
    answer: str,
    elapsed: int | None = None,
) -> Attempt:
    made = Attempt(
        challenge=challenge,
        group=row,
        number=(tries["last"] or 0) + 1,
        at=row.now,
        elapsed_ms=elapsed_ms(challenge.round.clock, row.now) if elapsed is None else elapsed,
        verdict=verdict,
        value=value,
        answer=answer,
        by=person,
    )
    _add(made)
    _judged(made, by=by, at=row.now)
    return made


def _judged(
    attempt: Attempt, *, by: Any, before: str | None = None, value: int | None = None, at: datetime | None = None
) -> None:
    """Journal the verdict; an empty one says that the attempt is pending. `before`, `value`: what stood there until now."""
    round_ = attempt.challenge.round
    payload: dict[str, object] = {
        "round": round_.key,
        "challenge": attempt.challenge.key,
        "number": attempt.number,
        "verdict": attempt.verdict,
        "elapsed_ms": attempt.elapsed_ms,
    }
    if before is not None:
        payload["before"] = before
    if at is None:
        payload["value_before"] = value
    subject = f"attempt:{attempt.pk}"
    record(
        Kind.ATTEMPT_JUDGED, cycle_id=round_.cycle_id, by=by, group_id=attempt.group_id, subject=subject, payload=payload, at=at
    )
