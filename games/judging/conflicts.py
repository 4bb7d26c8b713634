"""Who must not mark whom: the one place that decides it. Their own group, and every conflict of interest that is not lifted.

For statements as conditions (`own_group`, `in_conflict`), for many pairs at once `barred`; `found_in` looks for what nobody declared.
"""

from collections.abc import Collection, Iterable
from typing import Any, Final, NamedTuple

from django.db.models import BooleanField, Case, CharField, Exists, OuterRef, Q, QuerySet, TextField, Value, When

from games.coaching.models import Booking
from games.coaching.rules import Outcome
from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.ideas.models import Derivation
from games.ideas.rules import DerivationKind
from games.judging.models import ConflictOfInterest, Panelist, Sheet, Vote
from games.judging.rules.conflicts import Found, Human, Judging, Playing, binding, found_between
from games.judging.rules.states import ConflictKind, SheetState
from games.organizations.models import Person
from games.playbooks.rules import Capability

OWN: Final = "own"
MANY: Final = 500
"""Groups that a statement names one by one."""
OFFICE_HOURS: Final = "office hours"
BUILDING: Final = [one.value for one in DerivationKind if one not in {DerivationKind.ANSWERS, DerivationKind.REJECTS}]
"""What makes two teams parties to one idea."""


class Bar(NamedTuple):
    """Why a judge must not mark a group: it is their own, or a conflict of interest with its reason."""

    own: bool
    reason: str = ""
    kind: str = ""


def in_force(conflicts: QuerySet[ConflictOfInterest] | None = None) -> QuerySet[ConflictOfInterest]:
    """Conflicts that count: declared or found, and not lifted."""
    return (ConflictOfInterest.objects.all() if conflicts is None else conflicts).filter(lifted_at__isnull=True)


def _same_person(person: str) -> Q:
    """The judge at `person`, or another person of the same user: one human may be known to several organizations."""
    same = Q(pk=OuterRef(OuterRef(f"{person}_id"))) | Q(user_id=OuterRef(OuterRef(f"{person}__user_id")))
    return Q(person__in=Person.objects.filter(same))


def of_team(group: str) -> Q:
    """Rows about the team at `group`, or about one that was merged into it: what was too close to a part is too close to the whole.

    Of a subquery, as people above: looked up by themselves, from the index, where a condition across two tables would read all of both.
    """
    parts = Q(pk=OuterRef(OuterRef(group))) | Q(merged_into_id=OuterRef(OuterRef(group)))
    return Q(group__in=Group.objects.filter(parts))


def own_group(person: str = "judge", group: str = "group_id") -> Exists:
    """Whether the judge is, or ever was, a member of the group, or of one that went into it."""
    return Exists(Membership.objects.filter(_same_person(person), of_team(group)))


def in_conflict(person: str = "judge", group: str = "group_id") -> Exists:
    """Whether a conflict of interest is in force."""
    return Exists(in_force().filter(_same_person(person), of_team(group)))


def unbarred(person: str = "judge", group: str = "group_id") -> Case:
    """Whether neither is so. A value of each row: PostgreSQL would make a join of a condition, and read all memberships for one sheet."""
    bars = Q(own_group(person, group)) | Q(in_conflict(person, group))
    return Case(When(bars, then=Value(False)), default=Value(True), output_field=BooleanField())


def kept_from(person: Person, group: str = "group_id") -> Q:
    """Rows about groups that this human must not judge: own ones, those in conflict, and those that one of them went into.

    Looked up once for all rows, from the index; `unbarred` asks for each row, whose judge may be another.
    """
    names = Person.objects.filter(Q(pk=person.pk) | Q(user=person.user_id) if person.user_id else Q(pk=person.pk))
    found = Q()
    for rows in (Membership.objects.filter(person__in=names), in_force().filter(person__in=names)):
        for column in ("group_id", "group__merged_into_id"):
            there = rows.filter(**{f"{column}__isnull": False}).order_by()  # one that is unknown would keep from all
            found |= Q(**{f"{group}__in": there.values(column)})
    return found


def same_human(judge: Person) -> Q:
    """Sheets of this judge, under whatever name."""
    return Q(judge=judge) | Q(judge__user=judge.user_id) if judge.user_id else Q(judge=judge)


def barred(groups: Collection[int], judges: Collection[Person]) -> dict[tuple[int, int], Bar]:
    """(group, judge) → why not. The same human under another name is the same human. One statement."""
    persons = {one.pk for one in judges}
    users: dict[int | None, list[int]] = {}
    for one in judges:
        if one.user_id:
            users.setdefault(one.user_id, []).append(one.pk)
    who = Q(person__in=persons) | Q(person__user__in=[user for user in users if user])
    found: dict[tuple[int, int], Bar] = {}
    columns = ("person_id", "person__user_id", "group_id", "group__merged_into_id")
    about = Q(group__in=groups) | Q(group__merged_into__in=groups) if len(groups) <= MANY else Q()  # judges are party to few
    conflicts = in_force().filter(who, about).order_by().values_list(*columns, "reason", "kind")
    nothing = {"why": Value("", TextField()), "kind_of": Value(OWN, CharField())}
    own = Membership.objects.filter(who, about).order_by().annotate(**nothing).values_list(*columns, *nothing)
    rows = sorted(conflicts.union(own, all=True), key=lambda row: row[5] == OWN)  # one's own group is told before a conflict
    for person, user, group, team, reason, kind in rows:
        bar = Bar(own=True) if kind == OWN else Bar(False, reason, kind)
        same = _same(person, user, persons, users)
        found |= {(one, judge): bar for one in (group, team) if one in groups for judge in same}
    return found


def _same(person: int, user: int | None, persons: Collection[int], users: dict[int | None, list[int]]) -> set[int]:
    return {*users.get(user, []), *({person} & set(persons))}


# --- What nobody declared ---------------------------------------------------------------------------------------------------------------


def found_in(cycle: Cycle) -> list[Found]:
    """What speaks against judges of the cycle marking its groups, where nothing is known of the pair yet. Nine statements at most."""
    host = cycle.organization.name if cycle.organization is not None else ""
    judges = _judges(cycle, host)
    groups = _groups(cycle, host)
    known = set(ConflictOfInterest.objects.filter(group__cycle=cycle).values_list("person_id", "group_id"))
    found = found_between(judges, groups, shared=_met(judges))
    for also in (_advised, _built_upon):  # the gravest reason only
        pairs = {(one.person, one.group) for one in found}
        found += [one for one in also(cycle, judges) if (one.person, one.group) not in pairs]
    return [one for one in found if (one.person, one.group) not in known]


def _advised(cycle: Cycle, judges: Iterable[Judging]) -> list[Found]:
    """Who met a group in office hours, or is to: whoever advised a group does not mark it. A session nobody came to is none."""
    rows = Booking.objects.filter(cycle=cycle, cancelled_at__isnull=True).exclude(outcome=Outcome.MISSED.value).order_by("pk")
    met: dict[Human, set[int]] = {}
    for person, user, group in rows.values_list("slot__expert_id", "slot__expert__user_id", "group_id"):
        met.setdefault(_human(person, user), set()).add(group)
    return [
        Found(judge.person, group, ConflictKind.MENTOR, OFFICE_HOURS)
        for judge in judges
        for group in sorted(met.get(judge.human, ()))
    ]


def _built_upon(cycle: Cycle, judges: Iterable[Judging]) -> list[Found]:
    """Who was in a group that built on an idea of a group of the cycle, or the other way round. To have answered or rejected one is no tie."""
    played = {group for one in judges for group, only_follows in one.was_in.items() if not only_follows}
    ours = Q(source__group__in=played, target__group__cycle=cycle) | Q(target__group__in=played, source__group__cycle=cycle)
    rows = Derivation.objects.filter(ours, kind__in=BUILDING).order_by().values_list("source__group_id", "target__group_id")
    tied: dict[int, set[int]] = {}
    for source, target in rows.distinct():
        tied.setdefault(source, set()).add(target)
        tied.setdefault(target, set()).add(source)
    here = set(Group.objects.filter(cycle=cycle).values_list("pk", flat=True)) if tied else set()
    return [
        Found(judge.person, group, ConflictKind.BUILT_UPON, str(place))
        for judge in judges
        for place in sorted(judge.was_in.keys() & played)
        for group in sorted(tied.get(place, set()) & here - judge.was_in.keys())
    ]


def _human(person: int, user: int | None) -> Human:
    return ("user", user) if user else ("person", person)


def _judges(cycle: Cycle, host: str) -> list[Judging]:
    """Who judges in the cycle or sits on a panel, with their organizations and the groups they were in anywhere."""
    holds = Q(group__isnull=True, until__isnull=True, capabilities__icontains=f'"{Capability.JUDGE.value}"')
    wide = Membership.objects.filter(holds, cycle=cycle).values("person_id")
    seats = Panelist.objects.filter(challenge__round__cycle=cycle).values("person_id")
    rows = Person.objects.filter(Q(pk__in=wide) | Q(pk__in=seats)).select_related("organization").order_by("pk")
    judges = [Judging(one.pk, _human(one.pk, one.user_id)) for one in rows]
    by_human: dict[Human, list[Judging]] = {}
    for person, judge in zip(rows, judges, strict=True):
        by_human.setdefault(judge.human, []).append(judge)
        judge.organizations |= binding([person.organization.name] if person.organization else [], host=host)
    users = [number for kind, number in by_human if kind == "user"]
    who = Q(person__in=[one.pk for one in rows]) | Q(person__user__in=users)
    for pk, user, group, of_cycle, affiliation, held in Membership.objects.filter(who).values_list(
        "person_id", "person__user_id", "group_id", "cycle_id", "affiliation", "capabilities"
    ):
        for judge in by_human.get(_human(pk, user), []):
            if group is None and of_cycle == cycle.pk:
                judge.organizations |= binding([affiliation], host=host)
            elif group is not None:
                only_follows = Capability.FOLLOW.value in held and Capability.SUBMIT.value not in held
                judge.was_in[group] = judge.was_in.get(group, True) and only_follows
    return judges


def _groups(cycle: Cycle, host: str) -> list[Playing]:
    """The groups of the cycle with their organizations and people, and the groups before them in earlier cycles."""
    rows = Group.objects.filter(cycle=cycle, state__in=[GroupState.ACTIVE.value, GroupState.PENDING.value])
    found: dict[int, Playing] = {}
    for one in rows.select_related("organization", "predecessor").order_by("pk"):
        before = [pk for pk in (one.predecessor_id, one.predecessor.predecessor_id if one.predecessor else None) if pk]
        names = binding([one.organization.name] if one.organization else [], host=host)
        found[one.pk] = Playing(one.pk, organizations=names, before=before)
    members = Membership.objects.filter(group__in=rows).values_list(
        "group_id", "person_id", "person__user_id", "affiliation", "until", "capabilities"
    )
    for group, person, user, affiliation, until, held in members:
        if group is None:
            continue
        playing = found[group]
        playing.ever.add(_human(person, user))
        if until is None and (Capability.SUBMIT.value in held or Capability.CAPTAIN.value in held):
            playing.humans.add(_human(person, user))
            playing.organizations |= binding([affiliation], host=host)
    return list(found.values())


def _met(judges: Iterable[Judging]) -> dict[int, set[Human]]:
    """Group in which one of the judges was → everybody who ever was in it."""
    places = {group for one in judges for group in one.was_in}
    met: dict[int, set[Human]] = {}
    for group, person, user in Membership.objects.filter(group__in=places).values_list(
        "group_id", "person_id", "person__user_id"
    ):
        if group is not None:
            met.setdefault(group, set()).add(_human(person, user))
    return met


# --- Reading them -----------------------------------------------------------------------------------------------------------------------


def standing_final(conflicts: Iterable[ConflictOfInterest]) -> dict[int, int]:
    """Conflict → how many final sheets of that judge on that group still count. One statement."""
    rows = list(conflicts)
    pairs = {(one.person_id, one.group_id): one.pk for one in rows if one.lifted_at is None}
    found: dict[int, int] = {}
    sheets: Any = Sheet.objects.filter(
        judge__in={person for person, _ in pairs}, group__in={group for _, group in pairs}, state=SheetState.FINAL.value
    )
    for judge, group in sheets.values_list("judge_id", "group_id"):
        if (judge, group) in pairs:
            found[pairs[judge, group]] = found.get(pairs[judge, group], 0) + 1
    return found


def standing_votes(conflicts: Iterable[ConflictOfInterest]) -> dict[int, int]:
    """Conflict → how many comparisons of that judge with that group still count. One statement, no more than the conflicts are."""
    pairs = {(one.person_id, one.group_id): one.pk for one in conflicts if one.lifted_at is None}
    groups = {group for _, group in pairs}
    found: dict[int, int] = {}
    about = Q(a__in=groups) | Q(b__in=groups)
    votes = Vote.objects.filter(about, judge__in={person for person, _ in pairs}, undone_at__isnull=True).exclude(outcome="")
    for judge, *both in votes.values_list("judge_id", "a_id", "b_id"):
        for group in both:
            if (judge, group) in pairs:
                found[pairs[judge, group]] = found.get(pairs[judge, group], 0) + 1
    return found
