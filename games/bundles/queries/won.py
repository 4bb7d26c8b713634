"""What was recognized in a cycle beside points and the game, as rows."""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.core.files.storage import default_storage

from games.bundles.queries.shared import kept_ideas
from games.bundles.tables import Table
from games.bundles.won_rows import CarriedRow, CheerRow, ExchangeRow, FlagRow, GrantRow, ProgressRow, WeekRow, WinRow
from games.cycles.models import Cycle
from games.progression.models import Carried
from games.recognition.models import Cheer, Exchange, Grant, LearningWeek, WatchFlag, Win, WinProgress


def won_tables(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str]) -> dict[str, Table[Any]]:
    """wins.csv, cheers.csv, progress.csv, weeks.csv, exchanges.csv, flags.csv, grants.csv and carried.csv of a cycle. Ten statements."""
    wins = list(_wins(cycle, groups))
    return {
        "wins": Table(wins),
        "cheers": Table(list(_cheers(cycle, groups, people, wins))),
        "progress": Table(list(_progress(cycle, groups))),
        "weeks": Table(list(_weeks(cycle, groups))),
        "exchanges": Table(list(_exchanges(cycle, groups))),
        "flags": Table(list(_flags(cycle, groups, people))),
        "grants": Table(list(_grants(cycle, groups))),
        "carried": Table(list(_carried(cycle, groups))),
    }


def _wins(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[WinRow]:
    """One about an idea that no bundle has stays behind: it is seen no further than the idea."""
    ideas = dict(kept_ideas(cycle, groups).values_list("pk", "number"))
    rows = Win.objects.filter(cycle=cycle, group__in=groups).select_related("test", "board", "attempt__challenge__round")
    for one in rows.order_by("at", "pk"):
        if one.idea_id is not None and one.idea_id not in ideas:
            continue
        task = one.attempt.challenge if one.attempt else None
        yield WinRow(
            *(groups[one.group_id], one.kind, one.key, one.at.astimezone(UTC), one.reached, one.before),
            idea=ideas.get(one.idea_id or 0, 0),
            built=ideas.get(one.built_id or 0, 0),
            test=one.test.number if one.test else 0,
            round=task.round.key if task else "",
            challenge=task.key if task else "",
            attempt=one.attempt.number if one.attempt else 0,
            board=one.board.key if one.board else "",
            partner=groups.get(one.partner_id or 0, ""),
        )


def _cheers(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str], wins: Collection[WinRow]) -> Iterator[CheerRow]:
    """For the wins that are there, of whoever has a place in the cycle."""
    there = {(row.group, row.kind, row.key) for row in wins}
    rows = Cheer.objects.filter(win__cycle=cycle, win__group__in=groups, person__in=people).select_related("win")
    for one in rows.order_by("at", "pk"):
        win = (groups[one.win.group_id], one.win.kind, one.win.key)
        if win in there:
            yield CheerRow(*win, people[one.person_id], one.at.astimezone(UTC), groups.get(one.group_id or 0, ""))


def _progress(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[ProgressRow]:
    for one in WinProgress.objects.filter(cycle=cycle, group__in=groups).order_by("group__key", "what"):
        yield ProgressRow(groups[one.group_id], one.what, said(one.state), said(one.base), one.mark)


def _weeks(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[WeekRow]:
    for one in LearningWeek.objects.filter(cycle=cycle, group__in=groups).order_by("week", "group__key"):
        yield WeekRow(groups[one.group_id], one.week, one.acts, one.tests, one.adoptions)


def _exchanges(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[ExchangeRow]:
    rows = Exchange.objects.filter(cycle=cycle, giver__in=groups, receiver__in=groups)
    for one in rows.order_by("giver__key", "receiver__key", "kind"):
        yield ExchangeRow(groups[one.giver_id], groups[one.receiver_id], one.kind, one.count)


def _flags(cycle: Cycle, groups: Mapping[int, str], people: Mapping[int, str]) -> Iterator[FlagRow]:
    """One about a group that no bundle has stays behind."""
    for one in WatchFlag.objects.filter(cycle=cycle).prefetch_related("groups").order_by("number"):
        about = [each.pk for each in one.groups.all()]
        if not about or not groups.keys() >= set(about):
            continue
        facts = {name: groups.get(value, "") if name == "giver" else value for name, value in one.facts.items()}
        times = (one.found_at.astimezone(UTC), one.seen_at.astimezone(UTC))
        keys = "|".join(sorted(groups[each] for each in about))
        by = people.get(one.by_id or 0, "")
        yield FlagRow(one.number, one.kind, keys, said(facts), *times, one.state, one.reason, _utc(one.settled_at), by)


def _grants(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[GrantRow]:
    """With what became of each; files that prove a delivery come by `with_proofs`."""
    for one in Grant.objects.filter(cycle=cycle).order_by("award", "pk"):
        if one.group_id is None or one.group_id in groups:
            yield GrantRow(
                award=one.award,
                group=groups[one.group_id] if one.group_id is not None else "",
                state=one.state,
                place=one.place,
                cents=one.amount_cents,
                currency=one.currency,
                kind=one.kind,
                name=one.name,
                board=one.board,
                sessions=one.sessions,
                reason=one.reason,
                proof=one.proof,
                created=one.created_at.astimezone(UTC),
                changed=one.changed_at.astimezone(UTC),
            )


def with_proofs(cycle: Cycle, table: Table[GrantRow]) -> tuple[Table[GrantRow], dict[str, bytes]]:
    """The rows with the files that prove a delivery, and their bytes by SHA-256. One that is no longer stored is left out."""
    found: dict[tuple[Any, ...], tuple[str, bytes]] = {}
    for one in Grant.objects.filter(cycle=cycle).exclude(proof_file="").select_related("group").order_by("pk"):
        if one.proof_file.name and default_storage.exists(one.proof_file.name):
            with one.proof_file.open("rb") as file:
                key = (one.award, one.group.key if one.group else "", one.created_at.astimezone(UTC))
                found[key] = (one.proof_name, file.read())
    rows: list[GrantRow] = []
    contents: dict[str, bytes] = {}
    for row in table.rows:
        name, content = found.get((row.award, row.group, row.created), ("", b""))
        digest = hashlib.sha256(content).hexdigest() if content else ""
        rows.append(row._replace(file=digest, file_name=name))
        contents |= {digest: content} if content else {}
    return Table(rows, table.extra), contents


def _carried(cycle: Cycle, groups: Mapping[int, str]) -> Iterator[CarriedRow]:
    rows = Carried.objects.filter(cycle=cycle, group__in=groups).select_related("test")
    for one in rows.order_by("group__key", "kind", "key"):
        number = one.test.number if one.test else 0
        head = (groups[one.group_id], one.kind, one.key, one.at.astimezone(UTC))
        yield CarriedRow(*head, one.name, one.was, one.amount, number)


def said(value: Any) -> str:
    """JSON, the same for the same value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
