"""Teams that join forces, and ideas that become one: who is asked, and what came of it."""

from games.ideas.models import IdeaMerger
from games.ideas.rules import MergeState
from games.journal.models import JournalEntry
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import captains_of, members_by_group, members_of, organizers_of
from games.organizations.models import Person
from games.partnerships.models import Partnership
from games.partnerships.queries import sorted_partners
from games.partnerships.rules import AnswerState, PartnershipKind, PartnershipState, percent


def on_partners_asked(entry: JournalEntry) -> int:
    """To the captains of the teams that are asked, as long as the proposal stands."""
    one = subject_of(entry, Partnership, "cycle", "lead", "challenge")
    if one is None or one.state != PartnershipState.PROPOSED.value:
        return 0
    told = 0
    for asked in sorted_partners(one):
        if asked.answer == AnswerState.ASKED.value:
            link = absolute(f"/cycles/{one.cycle.key}/teams/{asked.group.key}/partners/")
            context = _context(one) | {"link": link, "part": percent(asked.basis_points)}
            key = f"partners.asked:{one.pk}:{asked.pk}"
            told += tell_all("partners.proposed", captains_of(asked.group), key=key, context=context, cycle_id=one.cycle_id)
    return told


def on_partners_settled(entry: JournalEntry) -> int:
    """To everybody in the teams, each led to their own; and to the organizers when teams became one."""
    one = subject_of(entry, Partnership, "cycle", "lead", "challenge")
    if one is None or one.state == PartnershipState.PROPOSED.value:
        return 0
    people: list[Person] = list(members_by_group([row.group_id for row in sorted_partners(one)]))
    for each in people:
        each.link = absolute(f"/cycles/{one.cycle.key}/teams/{each.group_key}/partners/")  # type: ignore[attr-defined]  # read by tell_all
    key, context = f"partners.settled:{one.pk}:{one.state}", _context(one)
    told = tell_all("partners.settled", people, key=key, context=context, cycle_id=one.cycle_id)
    if one.kind == PartnershipKind.MERGER.value and one.state == PartnershipState.AGREED.value:
        context |= {"link": absolute(f"/cycles/{one.cycle.key}/desk/partners/")}
        organizers = organizers_of(one.cycle_id)
        told += tell_all("partners.settled", organizers, key=f"{key}:desk", context=context, cycle_id=one.cycle_id)
    return told


def _context(one: Partnership) -> dict[str, object]:
    teams = " and ".join(row.group.name for row in sorted_partners(one))
    return {"one": one, "cycle": one.cycle, "teams": teams, "merger": one.kind == PartnershipKind.MERGER.value}


def on_ideas_merge(entry: JournalEntry) -> int:
    """To the captains of the other team: shall the two ideas become one?"""
    one = subject_of(entry, IdeaMerger, "source__cycle", "source__group", "into__group", "group")
    if one is None or one.state != MergeState.ASKED.value:
        return 0
    ours = one.into if one.source.group_id == one.group_id else one.source
    if ours.group is None:
        return 0
    context = {"one": one, "cycle": one.source.cycle, "link": _idea_link(one, ours.number)}
    return tell_all(
        "ideas.merge", captains_of(ours.group), key=f"ideas.merge:{one.pk}", context=context, cycle_id=one.source.cycle_id
    )


def on_ideas_merged(entry: JournalEntry) -> int:
    """To both teams: two ideas are one."""
    one = subject_of(entry, IdeaMerger, "source__cycle", "source__group", "into__group", "group")
    if one is None:
        return 0
    teams = [pk for pk in (one.source.group_id, one.into.group_id) if pk is not None]
    context = {"one": one, "cycle": one.source.cycle, "link": _idea_link(one, one.into.number)}
    return tell_all(
        "ideas.merged", members_of(teams), key=f"ideas.merged:{one.pk}", context=context, cycle_id=one.source.cycle_id
    )


def _idea_link(one: IdeaMerger, number: int) -> str:
    return absolute(f"/cycles/{one.source.cycle.key}/ideas/{number}/")
