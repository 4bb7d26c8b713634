"""The commons, brought in as it was told: in order of numbers, so that every source has the lower id."""

from collections import defaultdict
from typing import Final

from games.bundles.actions.landing import Landing
from games.bundles.queries.shared import open_elsewhere
from games.bundles.rules import BundleRefused
from games.bundles.shared_rows import IdeaRow, IdeaVersionRow
from games.errors import Problem
from games.ideas.models import CreditShare, Derivation, Idea, IdeaTag, IdeaVersion, RiskAnswer
from games.ideas.rules import KEY_LOST, PARTS, Telling, completeness, digest_of, words_for_search
from games.rounds.models import Round
from games.submissions.models import Attempt, Submission
from leaderboards.engine.language import gettext as _

BATCH: Final = 500


def load_ideas(landing: Landing) -> None:
    """Ideas with their tags, readers, versions, sources and shares. Authors stay unknown."""
    _load_answers(landing)
    rows = sorted(landing.bundle.tables.ideas.rows, key=lambda row: row.number)
    if not rows:
        return
    told = _newest(landing)
    entries, attempts = _entries(landing, rows)
    made = Idea.objects.bulk_create(
        [_idea(landing, row, told.get(row.number), entries.get(row.number), attempts.get(row.number)) for row in rows],
        batch_size=BATCH,
    )
    ids = {row.number: one.pk for row, one in zip(rows, made, strict=True)}
    merged = [one for row, one in zip(rows, made, strict=True) if row.merged]
    for row, one in zip(rows, made, strict=True):
        one.merged_into_id = ids.get(row.merged)
    Idea.objects.bulk_update(merged, ["merged_into"], batch_size=BATCH)
    tags = [IdeaTag(idea_id=ids[row.number], word=word) for row in rows for word in dict.fromkeys(row.tags.split("|")) if word]
    IdeaTag.objects.bulk_create(tags, batch_size=BATCH)
    through = Idea.readers.through
    readers = [(ids[row.number], landing.groups[key]) for row in rows for key in dict.fromkeys(row.readers.split("|")) if key]
    through.objects.bulk_create([through(idea_id=idea, group_id=group) for idea, group in readers], batch_size=BATCH)
    _around(landing, ids)


def _load_answers(landing: Landing) -> None:
    answers = landing.bundle.tables.risk_answers.rows
    rounds = dict(Round.objects.filter(cycle=landing.cycle).values_list("key", "pk")) if answers else {}
    RiskAnswer.objects.bulk_create(
        [RiskAnswer(round_id=rounds[row.round], text=row.text, shown=True) for row in answers], batch_size=BATCH
    )


def _newest(landing: Landing) -> dict[int, IdeaVersionRow]:
    found: dict[int, IdeaVersionRow] = {}
    for row in landing.bundle.tables.idea_versions.rows:
        if row.idea not in found or found[row.idea].number < row.number:
            found[row.idea] = row
    return found


def _telling(row: IdeaVersionRow | None, idea: IdeaRow | None = None) -> Telling:
    tags = tuple(word for word in idea.tags.split("|") if word) if idea else ()
    if row is None:
        return Telling(title=idea.title if idea else "", tags=tags)
    parts = {key: text for key in PARTS if (text := getattr(row, key))}
    return Telling(title=row.title, summary=row.summary, parts=parts, tags=tags)


def _idea(landing: Landing, row: IdeaRow, told: IdeaVersionRow | None, entry: int | None, attempt: int | None) -> Idea:
    telling = _telling(told, row)
    return Idea(
        cycle=landing.cycle,
        number=row.number,
        kind=row.kind,
        title=row.title,
        group_id=landing.groups.get(row.group),
        submission_id=entry,
        attempt_id=attempt,
        challenge_id=landing.challenges.get((row.round, row.challenge)),
        step=row.step,
        audience=row.audience,
        licence=row.licence,
        summary=telling.summary,
        words=words_for_search(telling),
        complete=completeness(telling.parts, landing.design.sharing.required),
        hidden_at=row.hidden,
        hidden_why=row.hidden_why,
        shared_at=row.shared or landing.now,
        safe=row.room != "",
        key_digest=KEY_LOST if row.room == "nameless" else "",
    )


def _entries(landing: Landing, rows: list[IdeaRow]) -> tuple[dict[int, int], dict[int, int]]:
    """Number of an idea → id of the entry, of the attempt it stands for. Raises BundleRefused for an attempt that is not there."""
    tasks = landing.challenges.values()
    places = ("challenge_id", "group_id", "number")
    held: defaultdict[str, dict[tuple[int, int, int], int]] = defaultdict(dict)
    if any(row.entry for row in rows):
        found = Submission.objects.filter(challenge__in=tasks).values_list(*places, "pk")
        held["entry"] = {(task, group, number): pk for task, group, number, pk in found}
    if any(row.attempt for row in rows):
        tries = Attempt.objects.filter(challenge__in=tasks).values_list(*places, "pk")
        held["attempt"] = {(task, group, number): pk for task, group, number, pk in tries}
    ids: dict[str, dict[int, int]] = {"entry": {}, "attempt": {}}
    for row in rows:
        for name, known in ids.items():
            wanted = getattr(row, name)
            if wanted:
                place = (landing.challenges[row.round, row.challenge], landing.groups[row.group], wanted)
                if place not in held[name]:
                    raise BundleRefused(
                        [
                            Problem(
                                "ideas.csv",
                                _(
                                    'idea {number}: "{group}" has no {name} {wanted} there',
                                    number=row.number,
                                    group=row.group,
                                    name=name,
                                    wanted=wanted,
                                ),
                            )
                        ]
                    )
                known[row.number] = held[name][place]
    return ids["entry"], ids["attempt"]


def _elsewhere(landing: Landing) -> dict[tuple[str, int], int]:
    """Cycle and number → id, of the ideas of other cycles that something here came from and everybody may read. What is not here is left out."""
    named = {(row.cycle, row.source) for row in landing.bundle.tables.derivations.rows if row.cycle}
    if not named:
        return {}
    rows = open_elsewhere(landing.cycle.key).filter(
        cycle__key__in={key for key, _ in named}, number__in={number for _, number in named}
    )
    return {(key, number): pk for key, number, pk in rows.values_list("cycle__key", "number", "pk")}


def _around(landing: Landing, ids: dict[int, int]) -> None:
    tables, now = landing.bundle.tables, landing.now
    IdeaVersion.objects.bulk_create(
        [
            IdeaVersion(
                idea_id=ids[row.idea],
                number=row.number,
                title=row.title,
                summary=row.summary,
                parts=dict(_telling(row).parts),
                note=row.note,
                digest=digest_of(_telling(row)),
                at=row.at or now,
            )
            for row in tables.idea_versions.rows
        ],
        batch_size=BATCH,
    )
    elsewhere = _elsewhere(landing)
    Derivation.objects.bulk_create(
        [
            Derivation(source_id=source, target_id=ids[row.target], kind=row.kind, reason=row.reason, at=row.at or now)
            for row in tables.derivations.rows
            if (source := elsewhere.get((row.cycle, row.source)) if row.cycle else ids[row.source]) is not None
        ],
        batch_size=BATCH,
    )
    CreditShare.objects.bulk_create(
        [
            CreditShare(idea_id=ids[row.idea], group_id=landing.groups[row.group], basis_points=row.basis_points)
            for row in tables.idea_shares.rows
        ],
        batch_size=BATCH,
    )
