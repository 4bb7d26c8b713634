"""The commons of a cycle as rows. What a team keeps to itself stays behind, and who wrote stays behind."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import Q, QuerySet

from games.bundles.shared_rows import DerivationRow, IdeaRow, IdeaShareRow, IdeaVersionRow, RiskAnswerRow
from games.bundles.tables import Table
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.ideas.models import CreditShare, Derivation, Idea, IdeaVersion, RiskAnswer
from games.ideas.rules import PARTS, Audience
from games.playbooks.rules import Visibility


def kept_ideas(cycle: Cycle, groups: Mapping[int, str]) -> QuerySet[Idea]:
    """The ideas a bundle holds: not those that a team keeps to itself, which not even organizers read."""
    inside = Idea.objects.filter(Q(group__isnull=True) | Q(group__in=list(groups)), cycle=cycle)
    entry = Q(submission__isnull=False) | Q(attempt__isnull=False)
    return inside.filter(entry | ~Q(audience=Audience.OWN.value)).order_by("number")


def open_elsewhere(key: str) -> QuerySet[Idea]:
    """Ideas of other cycles than that of this key that everybody may read: a bundle names no others."""
    open_ = Q(audience=Audience.EVERYBODY.value, submission=None, attempt=None)
    shown = {Visibility.FULL.value, Visibility.FORKABLE.value}
    for work in ("submission", "attempt"):
        round_ = f"{work}__challenge__round__"
        open_ |= Q(**{f"{round_}published_at__isnull": False, f"{round_}visibility__in": shown})
    shown_to_all = Idea.objects.filter(open_, cycle__public=True, cycle__rehearsal=False, hidden_at=None)
    return shown_to_all.exclude(cycle__key=key).exclude(cycle__state=CycleState.DRAFT.value)


def shared_tables(cycle: Cycle, groups: Mapping[int, str]) -> dict[str, Table[Any]]:
    """ideas.csv and what hangs on it, by the names of the tables."""
    rows = kept_ideas(cycle, groups).select_related("challenge__round", "submission", "attempt")
    ideas = list(rows.prefetch_related("tags", "readers"))
    numbers = {one.pk: one.number for one in ideas}
    there = kept_ideas(cycle, groups).order_by().values("pk")
    links = Derivation.objects.filter(target__in=there).filter(Q(source__in=there) | Q(source__in=open_elsewhere(cycle.key)))
    links = links.select_related("source__cycle").order_by("target_id", "source_id")
    shares = CreditShare.objects.filter(idea__in=there, group__in=list(groups)).order_by("idea_id", "pk")
    return {
        "ideas": Table([_idea(one, groups, numbers) for one in ideas]),
        "idea_versions": Table(list(_versions(IdeaVersion.objects.filter(idea__in=there), numbers))),
        "derivations": Table(
            [
                DerivationRow(
                    numbers[one.target_id],
                    one.source.number,
                    one.kind,
                    one.reason,
                    one.at.astimezone(UTC),
                    "" if one.source.cycle_id == cycle.pk else one.source.cycle.key,
                )
                for one in links
            ]
        ),
        "idea_shares": Table([IdeaShareRow(numbers[one.idea_id], groups[one.group_id], one.basis_points) for one in shares]),
        "risk_answers": Table([RiskAnswerRow(*row) for row in _answers(cycle)]),
    }


def _idea(one: Idea, groups: Mapping[int, str], numbers: Mapping[int, int]) -> IdeaRow:
    task = one.challenge
    return IdeaRow(
        one.number,
        one.kind,
        one.title,
        groups[one.group_id] if one.group_id is not None else "",
        task.round.key if task else "",
        task.key if task else "",
        one.step,
        one.submission.number if one.submission else 0,
        one.attempt.number if one.attempt else 0,
        one.audience,
        "|".join(sorted(groups[each.pk] for each in one.readers.all() if each.pk in groups)),
        one.licence,
        "|".join(sorted(tag.word for tag in one.tags.all())),
        numbers.get(one.merged_into_id or 0, 0),
        _utc(one.hidden_at),
        one.hidden_why,
        one.shared_at.astimezone(UTC),
        ("nameless" if one.key_digest else "told") if one.safe else "",
    )


def _answers(cycle: Cycle) -> list[tuple[str, str]]:
    """Only what is in sight, by its words: the order tells nothing."""
    return sorted(RiskAnswer.objects.filter(round__cycle=cycle, shown=True).values_list("round__key", "text"))


def _versions(rows: QuerySet[IdeaVersion], numbers: Mapping[int, int]) -> Iterator[IdeaVersionRow]:
    for one in rows.order_by("idea_id", "number"):
        head = (numbers[one.idea_id], one.number, one.title, one.summary)
        parts = (str(one.parts.get(key, "")) for key in PARTS)
        yield IdeaVersionRow._make((*head, *parts, one.note, one.at.astimezone(UTC), ()))


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
