"""How a cycle looked back on itself, as rows. A retrospective that nobody has written yet is none."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from games.bundles.queries.shared import kept_ideas
from games.bundles.queries.won import said
from games.bundles.tables import Table
from games.bundles.won_rows import AdoptionRow, ProposalRow, RetrospectiveRow
from games.cycles.models import Cycle
from games.retrospectives.models import Adoption, Proposal, Retrospective, RetroWords
from games.retrospectives.rules import SECTIONS


def looked_back_tables(cycle: Cycle, groups: Mapping[int, str]) -> dict[str, Table[Any]]:
    """retrospective.csv, proposals.csv and adoptions.csv of a cycle. Five statements."""
    ideas = dict(kept_ideas(cycle, groups).values_list("pk", "number"))
    adoptions = Adoption.objects.filter(cycle=cycle, idea__in=ideas).order_by("idea__number")
    rows = [AdoptionRow(ideas[one.idea_id], one.way, one.at.astimezone(UTC), one.prediction, one.playbook) for one in adoptions]
    return {
        "retrospective": Table(list(_sections(cycle))),
        "proposals": Table(list(_proposals(cycle))),
        "adoptions": Table(rows),
    }


def _sections(cycle: Cycle) -> Iterator[RetrospectiveRow]:
    one = Retrospective.objects.filter(cycle=cycle).first()
    if one is None or one.made_at is None:
        return
    words = {each.section: each for each in RetroWords.objects.filter(retrospective=one)}
    for section in SECTIONS:
        told = words.get(section)
        if section in one.data or told is not None:
            data = said(one.data[section]) if section in one.data else ""
            yield RetrospectiveRow(
                *(section, data, one.made_at.astimezone(UTC), one.asked_at.astimezone(UTC), one.design_number),
                _utc(one.published_at),
                told.text if told else "",
                _utc(told.at if told else None),
            )


def _proposals(cycle: Cycle) -> Iterator[ProposalRow]:
    rows = Proposal.objects.filter(retrospective__cycle=cycle, retrospective__made_at__isnull=False)
    for one in rows.order_by("number"):
        head = (one.number, one.section, one.code, one.state, one.about)
        yield ProposalRow(*head, said(one.facts), said(one.change), one.reason, _utc(one.decided_at))


def _utc(at: datetime | None) -> datetime | None:
    return None if at is None else at.astimezone(UTC)
