"""Small wins: the team hears of its own the same day, on the page; once a week everybody in a team hears by mail what there was to be glad of."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time
from typing import Any, Final

from django.db.models import Q, QuerySet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Membership
from games.groups.rules import GroupState
from games.ideas.rules import Audience, IdeaKind
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute, written
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import notify, tell_all
from games.notices.models import Notice
from games.notices.queries import members_of, organizers_of, with_address
from games.organizations.models import Person
from games.recognition.models import WatchFlag, Win
from games.recognition.queries.wins import wins_between
from games.recognition.rules.wins import WEEK, monday

UNDER_WAY: Final = frozenset({CycleState.RUNNING.value, CycleState.PAUSED.value, CycleState.AWARDING.value})
MORNING: Final = time(7)
MOST: Final = 5
"""So many wins of one's own and of others a weekly mail tells of a cycle; all stand on the page."""
READ_BY_TEAMS: Final = (Audience.TEAMS.value, Audience.EVERYBODY.value)


def on_win_found(entry: JournalEntry) -> int:
    """To the team, on the page only: the mail of the week tells it too."""
    win = subject_of(entry, Win, "cycle", "group", "idea", "board")
    if win is None or not design_of(win.cycle).recognition.wins:
        return 0
    path = f"/cycles/{win.cycle.key}/teams/{win.group.key}/wins/?win={win.pk}#win-{win.pk}"
    letter = written("notices/win.found.txt", {"win": win, "cycle": win.cycle, "link": absolute(path)})
    people = list(members_of([win.group_id]))
    notify("win.found", people, key=f"win:{win.pk}", text=letter.subject, path=path, cycle_id=win.cycle_id)
    return len(people)


def on_flag_raised(entry: JournalEntry) -> int:
    """To the organizers, on the page only: there is something to look at. Teams hear nothing."""
    flag = subject_of(entry, WatchFlag, "cycle")
    if flag is None:
        return 0
    path = f"/cycles/{flag.cycle.key}/desk/attention/{flag.number}/"
    letter = written("notices/flag.raised.txt", {"flag": flag, "cycle": flag.cycle, "link": absolute(path)})
    people = list(organizers_of(flag.cycle_id))
    notify("flag.raised", people, key=f"flag:{flag.pk}", text=letter.subject, path=path, cycle_id=flag.cycle_id)
    return len(people)


HANDLERS = {Kind.WIN_FOUND: on_win_found, Kind.FLAG_RAISED: on_flag_raised}


# --- The week -------------------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Section:
    """What somebody reads of one cycle: wins of their own teams, and of others."""

    cycle: Cycle
    ours: list[Win] = field(default_factory=list)
    others: list[Win] = field(default_factory=list)


def tell_of_wins(*, now: datetime | None = None) -> int:
    """The mail of the week, from Monday morning on, about the week before (UTC): one for each person, however many cycles they are in.

    Run it as often as you like: nobody is told twice. Returns how many were told now.
    """
    now = now or db_now()
    this = monday(now.date())
    until = datetime.combine(this, time(), tzinfo=now.tzinfo)
    if now < datetime.combine(this, MORNING, tzinfo=now.tzinfo):
        return 0
    key = f"wins:{this:%Y-%m-%d}"
    told = 0
    sections = _sections(until - WEEK, until)
    heard = {
        int(one.rpartition(":")[2]) for one in Notice.objects.filter(key__startswith=f"{key}:").values_list("key", flat=True)
    }
    by_user = _by_user(with_address(Person.objects.filter(pk__in=sections)).order_by("pk"))
    for people in by_user:
        if heard.isdisjoint(one.pk for one in people):
            read = [section for one in people for section in sections[one.pk]]
            link = absolute(f"/cycles/{read[0].cycle.key}/wins/")
            told += tell_all("wins.weekly", people[:1], key=key, context={"sections": read, "link": link}, cycle_id=None)
    return told


def _by_user(people: Iterable[Person]) -> list[list[Person]]:
    found: dict[int, list[Person]] = defaultdict(list)
    for one in people:
        found[one.user_id or -one.pk].append(one)
    return list(found.values())


def _sections(since: datetime, until: datetime) -> dict[int, list[Section]]:
    """Person → what they read, of each of their cycles in which there was something to be glad of."""
    found: dict[int, list[Section]] = defaultdict(list)
    happened = Win.objects.filter(at__gte=since, at__lt=until).values("cycle")
    for cycle in Cycle.objects.filter(pk__in=happened, state__in=UNDER_WAY, rehearsal=False).order_by("pk"):
        if design_of(cycle).recognition.wins:
            for person, section in _of_cycle(cycle, since, until).items():
                found[person].append(section)
    return found


def _of_cycle(cycle: Cycle, since: datetime, until: datetime) -> dict[int, Section]:
    wins = wins_between(cycle, since, until)
    every, open_ = list(wins), list(_for_others(wins)[: MOST * 3])
    held = Membership.objects.filter(cycle=cycle, group__state=GroupState.ACTIVE.value, until__isnull=True)
    groups: dict[int, set[int]] = defaultdict(set)
    for person, group in held.values_list("person", "group"):
        if group is not None:
            groups[person].add(group)
    found = {}
    for person, mine in groups.items():
        ours = [win for win in every if win.group_id in mine][:MOST]
        others = [win for win in open_ if win.group_id not in mine][:MOST]
        if ours or others:
            found[person] = Section(cycle, ours, others)
    return found


def _for_others(wins: QuerySet[Any]) -> QuerySet[Any]:
    """Wins that every team of the cycle may read, told from the other side than the permission `win.view`: rather too few than too many."""
    free = Q(idea__isnull=True, attempt__isnull=True)
    shared = Q(
        idea__audience__in=READ_BY_TEAMS, idea__hidden_at__isnull=True, idea__submission__isnull=True, idea__attempt__isnull=True
    )
    story = Q(idea__kind=IdeaKind.FAILURE_STORY.value)
    public = Q(board__isnull=True) | Q(board__audience="public")
    return wins.filter(free | (shared & ~story)).filter(public, group__rank_hidden=False, group__state=GroupState.ACTIVE.value)
