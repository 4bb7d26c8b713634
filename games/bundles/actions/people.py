"""Groups, people and the parts they play, from groups.csv and people.csv."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, Final

from games.bundles.actions.landing import Landing
from games.bundles.actions.pour import pour_with_ids
from games.bundles.rules import UNNAMED
from games.bundles.voters import by_criterion, peers_in, voters_in
from games.cycles.models import Series
from games.groups.models import Group, Membership
from games.groups.rules import GroupState, role_with
from games.organizations.actions import take_people
from games.organizations.models import Organization
from games.organizations.rules import PersonRow
from games.playbooks.rules import Capability
from games.playbooks.schema import Design
from leaderboards.engine.facts import DecisionKind

DIVISION: Final = "division"
BATCH: Final = 1000
GROUP: Final = ("key", "name", "division", "columns", "state", "rank_hidden", "unnamed")
KIND: Final[str] = Group._meta.get_field("kind").get_default()


def organization_for(design: Design, *, by: Any) -> Organization:
    """Who the people of an import belong to when nobody said: named after the series, or else the cycle.

    On the command line (`by` None) the one that is there is taken. A user gets that of a series only if the series is its own, which
    is asked elsewhere; otherwise a fresh one: nobody writes into the people of others by choosing a key.
    """
    spec = design.cycle
    key, name = spec.series or spec.key, spec.series or spec.title
    if spec.series:
        of_series = Series.objects.filter(key=spec.series, organization__isnull=False).select_related("organization").first()
        if of_series is not None and of_series.organization is not None:
            return of_series.organization
    if by is None:
        return Organization.objects.get_or_create(key=key, defaults={"name": name})[0]
    used = set(Organization.objects.filter(key__startswith=key).values_list("key", flat=True))
    free = next(one for one in (key, *(f"{key}-{number}" for number in range(2, len(used) + 3))) if one not in used)
    return Organization.objects.create(key=free, name=name)


def load_groups(landing: Landing) -> None:
    """Every group takes part; who withdrew from the whole cycle is marked as such."""
    table = landing.bundle.tables.groups
    gone = {
        row.group for row in landing.bundle.tables.decisions.rows if row.kind == DecisionKind.WITHDRAW.value and not row.round
    }
    rows = []
    for row in table.rows:
        columns = {name: cell for name, cell in zip(table.extra, row.extra, strict=True) if cell}
        division, unnamed = columns.pop(DIVISION, ""), columns.pop(UNNAMED, "")
        state = GroupState.WITHDRAWN if row.group in gone else GroupState.ACTIVE
        rows.append((row.group, row.name or row.group, division, columns, state.value, bool(unnamed), unnamed))
    ids = pour_with_ids(Group, GROUP, rows, cycle_id=landing.cycle.pk, kind=KIND, invite_code="", created_at=landing.now)
    landing.groups = {row.group: pk for row, pk in zip(table.rows, ids, strict=True)}


def load_people(landing: Landing) -> None:
    """Unclaimed people keyed in the organization of the cycle, with a membership for each role and group."""
    tables = landing.bundle.tables
    rows = {row.person: PersonRow(row.person, row.name, row.email) for row in tables.people.rows}
    acting = {row.judge for table in (tables.marks, tables.votes, tables.assignments, tables.conflicts) for row in table.rows}
    unnamed = sorted(acting - rows.keys())
    whos = by_criterion(landing.design)
    silent = voters_in(tables.marks.rows, whos) | peers_in(tables.marks.rows, whos)
    known = [*rows.values(), *(PersonRow(key, "") for key in unnamed)]
    assert landing.cycle.organization is not None, "an imported cycle has an organization"
    landing.people = take_people(landing.cycle.organization, known, by=None)
    judging = role_with(landing.design.roles, Capability.JUDGE)
    member = role_with(landing.design.roles, Capability.SUBMIT, without=Capability.CAPTAIN)
    capabilities = {one.key: [str(each) for each in one.capabilities] for one in (*landing.design.roles, judging, member)}
    held: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for row in tables.people.rows:
        role = row.role or (member.key if row.group else "")
        if role:
            held[row.person, row.group].append(role)
    for key in (one for one in unnamed if one not in silent):
        held[key, ""].append(judging.key)
    Membership.objects.bulk_create(_memberships(landing, held, capabilities), batch_size=BATCH)


def _memberships(
    landing: Landing, held: dict[tuple[str, str], list[str]], capabilities: dict[str, list[str]]
) -> Iterable[Membership]:
    """One in each group, with the capabilities of all roles there; outside groups one for each role."""
    for (person, group), roles in held.items():
        if group:
            both = {one for role in roles for one in capabilities[role]}
            yield _membership(landing, person, group, roles[0], [one.value for one in Capability if one.value in both])
        else:
            for role in dict.fromkeys(roles):
                yield _membership(landing, person, "", role, capabilities[role])


def _membership(landing: Landing, person: str, group: str, role: str, capabilities: list[str]) -> Membership:
    return Membership(
        cycle=landing.cycle,
        group_id=landing.groups[group] if group else None,
        person=landing.people[person],
        role=role,
        capabilities=capabilities,
        since=landing.now,
    )
