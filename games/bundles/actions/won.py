"""What was recognized beside points and the game, brought in as it was: no journal tells of it here, and nobody is told anew."""

import json
from typing import Any, Final

from django.core.files.base import ContentFile

from games.bundles.actions.landing import Landing
from games.bundles.rules import BundleRefused
from games.bundles.won import facts_of
from games.bundles.won_rows import FlagRow, GrantRow, WinRow
from games.errors import Problem
from games.ideas.models import Idea
from games.learning.models import ChangeTest
from games.progression.models import Carried
from games.recognition.actions.proving import keep_proof
from games.recognition.models import Cheer, Exchange, Grant, GrantSession, LearningWeek, WatchFlag, Win, WinProgress
from games.recognition.rules.grants import GrantState
from games.recognition.rules.watching import FlagKind
from games.submissions.models import Attempt
from leaderboards.engine.language import gettext as _
from leaderboards.models import Board

BATCH: Final = 1000
BROUGHT: Final = -1
"""The journal entry of what a bundle brought: before every entry here."""


def load_wins(landing: Landing) -> None:
    """Wins with their cheers, and how far each group had come: the next one is told against that. Raises BundleRefused for a try that is not there."""
    tables = landing.bundle.tables
    known = _known(landing) if tables.wins.rows else {}
    Win.objects.bulk_create([_win(landing, row, known) for row in tables.wins.rows], batch_size=BATCH)
    _load_cheers(landing)
    WinProgress.objects.bulk_create(
        [
            WinProgress(
                cycle=landing.cycle,
                group_id=landing.groups[row.group],
                what=row.what,
                state=json.loads(row.state),
                base=json.loads(row.base),
                mark=row.mark,
            )
            for row in tables.progress.rows
        ],
        batch_size=BATCH,
    )


def _load_cheers(landing: Landing) -> None:
    rows = landing.bundle.tables.cheers.rows
    wins = Win.objects.filter(cycle=landing.cycle).values_list("group", "kind", "key", "pk") if rows else ()
    known = {(group, kind, key): pk for group, kind, key, pk in wins}
    Cheer.objects.bulk_create(
        [
            Cheer(
                win_id=known[landing.groups[row.group], row.kind, row.key],
                person=landing.people[row.person],
                group_id=landing.groups.get(row.team),
                at=row.at,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )


def _known(landing: Landing) -> dict[tuple[Any, ...], int]:
    """What wins are about: (kind of thing, its name in files) → id. Four statements."""
    cycle = landing.cycle
    tries = Attempt.objects.filter(challenge__round__cycle=cycle)
    found: dict[tuple[Any, ...], int] = {
        ("try", *place): pk for pk, *place in tries.values_list("pk", "challenge", "group", "number")
    }
    found |= {("idea", number): pk for pk, number in Idea.objects.filter(cycle=cycle).values_list("pk", "number")}
    found |= {("test", number): pk for pk, number in ChangeTest.objects.filter(cycle=cycle).values_list("pk", "number")}
    return found | {("board", key): pk for pk, key in Board.objects.filter(scope=cycle.pk).values_list("pk", "key")}


def _win(landing: Landing, row: WinRow, known: dict[tuple[Any, ...], int]) -> Win:
    group = landing.groups[row.group]
    tried = known.get(("try", landing.challenges.get((row.round, row.challenge)), group, row.attempt))
    if row.attempt and tried is None:
        raise BundleRefused(
            [
                Problem(
                    "wins.csv",
                    _(
                        '"{group}" has no try {attempt} at "{challenge}" there',
                        group=row.group,
                        attempt=row.attempt,
                        challenge=row.challenge,
                    ),
                )
            ]
        )
    return Win(
        cycle=landing.cycle,
        group_id=group,
        kind=row.kind,
        key=row.key,
        seal=BROUGHT,
        at=row.at,
        reached=row.reached,
        before=row.before,
        idea_id=known.get(("idea", row.idea)),
        built_id=known.get(("idea", row.built)),
        test_id=known.get(("test", row.test)),
        attempt_id=tried,
        board_id=known.get(("board", row.board)),
        partner_id=landing.groups.get(row.partner),
    )


def load_watch(landing: Landing) -> None:
    """Weeks of acts and learning, who gave to whom, and flags as organizers left them."""
    tables, groups = landing.bundle.tables, landing.groups
    LearningWeek.objects.bulk_create(
        [
            LearningWeek(
                cycle=landing.cycle,
                group_id=groups[row.group],
                week=row.week,
                acts=row.acts,
                tests=row.tests,
                adoptions=row.adoptions,
            )
            for row in tables.weeks.rows
        ],
        batch_size=BATCH,
    )
    Exchange.objects.bulk_create(
        [
            Exchange(
                cycle=landing.cycle,
                giver_id=groups[row.giver],
                receiver_id=groups[row.receiver],
                kind=row.kind,
                count=row.times,
            )
            for row in tables.exchanges.rows
        ],
        batch_size=BATCH,
    )
    made = WatchFlag.objects.bulk_create([_flag(landing, row) for row in tables.flags.rows], batch_size=BATCH)
    through = WatchFlag.groups.through
    about = [(one.pk, groups[key]) for one, row in zip(made, tables.flags.rows, strict=True) for key in row.groups.split("|")]
    through.objects.bulk_create([through(watchflag_id=flag, group_id=group) for flag, group in about], batch_size=BATCH)


def _flag(landing: Landing, row: FlagRow) -> WatchFlag:
    """Named as the watch would name it here, so that what is found again is known."""
    ids = sorted(landing.groups[key] for key in row.groups.split("|"))
    facts = {name: landing.groups[value] if name == "giver" else value for name, value in facts_of(row).items()}
    key = f"{ids[0]}:{facts['week']}" if row.kind == FlagKind.MOTION else "-".join(map(str, ids))
    return WatchFlag(
        cycle=landing.cycle,
        number=row.number,
        kind=row.kind,
        key=key,
        facts=facts,
        found_at=row.found,
        seen_at=row.seen,
        state=row.state,
        reason=row.reason,
        settled_at=row.settled,
        by=landing.people.get(row.by),
    )


def load_grants(landing: Landing) -> None:
    """Grants in the state in which people left them, with what proves a delivery, and the sessions booked from prizes."""
    rows = landing.bundle.tables.grants.rows
    made = Grant.objects.bulk_create([_grant(landing, row) for row in rows], batch_size=BATCH)
    for one, row in zip(made, rows, strict=True):
        one.created_at, one.changed_at = row.created or landing.now, row.changed or landing.now
        if row.file:
            keep_proof(one, ContentFile(landing.bundle.files[row.file], name=row.file_name))
    Grant.objects.bulk_update(made, ["created_at", "changed_at"], batch_size=BATCH)
    standing = {(one.award, one.group_id): one for one in made if one.state != GrantState.REVOKED.value}
    GrantSession.objects.bulk_create(
        [
            GrantSession(grant=standing[row.prize, landing.groups[row.group]], booking_id=landing.bookings[row.number])
            for row in landing.bundle.tables.bookings.rows
            if row.prize
        ],
        batch_size=BATCH,
    )


def _grant(landing: Landing, row: GrantRow) -> Grant:
    return Grant(
        cycle=landing.cycle,
        award=row.award,
        kind=row.kind,
        name=row.name,
        group_id=landing.groups[row.group] if row.group else None,
        board=row.board,
        snapshot=1,
        place=row.place,
        amount_cents=row.cents,
        currency=row.currency,
        state=row.state,
        reason=row.reason,
        proof=row.proof,
        sessions=row.sessions,
    )


def load_carried(landing: Landing) -> None:
    """What groups brought along from the cycle before. The points of it are among the others, in points.csv."""
    rows = landing.bundle.tables.carried.rows
    tests = dict(ChangeTest.objects.filter(cycle=landing.cycle).values_list("number", "pk")) if rows else {}
    Carried.objects.bulk_create(
        [
            Carried(
                cycle=landing.cycle,
                group_id=landing.groups[row.group],
                kind=row.kind,
                key=row.key,
                name=row.name,
                was=row.was,
                amount=row.amount,
                test_id=tests.get(row.test),
                at=row.at,
            )
            for row in rows
        ],
        batch_size=BATCH,
    )
