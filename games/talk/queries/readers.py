"""Who may read a thread, told from the other side: the people and groups that a notice or a call by name may reach.

The permission table asks "what may this person see"; here it is "who may see this". A test holds both equal over the whole ladder of
audiences. People without a place in the cycle are left out: they may read what is public, and nobody calls them.
"""

from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.groups.rules import GroupState
from games.ideas.models import Idea
from games.ideas.rules import Audience, IdeaKind
from games.learning.models import ChangeTest
from games.learning.rules import Act, ChangeState
from games.learning.rules.testing import Finished, last_words
from games.organizations.models import Person
from games.playbooks.rules import Capability, Visibility
from games.submissions.rules import COUNTS
from games.talk.rules import ASKED

OPEN_TO_ALL = frozenset({Visibility.FULL.value, Visibility.FORKABLE.value})


def readers_of(cycle: Cycle, idea: Idea | None, *, hidden_to: Group | None = None, hidden: bool = False) -> QuerySet[Person]:
    """The people with a place in the cycle who may read what is said about the idea, or (without) on the board of the cycle.

    `hidden`: the thread itself was taken out of sight; then only `hidden_to` and organizers read it.
    """
    held = Membership.objects.filter(cycle=cycle, until__isnull=True)
    whole = _capable(cycle, Capability.ORGANIZE)
    if hidden:
        return _people(held.filter(Q(pk__in=whole) | Q(group=hidden_to, group__isnull=False)))
    if idea is None:
        return _people(held.filter(Q(pk__in=whole) | Q(group__in=_playing(cycle))))
    return _people(held.filter(_reading(cycle, idea, whole)))


def _reading(cycle: Cycle, idea: Idea, whole: list[int]) -> Q:
    """Places whose people may read the idea."""
    own = Q(group=idea.group_id) if idea.group_id is not None else Q(person=idea.author_id, person__isnull=False)
    organizers = Q(pk__in=whole)
    if idea.submission_id is not None or idea.attempt_id is not None:
        shown = own | organizers
        return shown | Q(cycle=cycle) if _shown(idea) and idea.hidden_at is None else shown
    audience = Audience(idea.audience)
    if audience is Audience.OWN:
        return own
    if audience is Audience.ORGANIZERS or idea.hidden_at is not None:
        return own | organizers
    if audience is Audience.EVERYBODY:
        return Q(cycle=cycle)
    playing = _playing(cycle)
    inside = Q(group__in=playing if audience is Audience.TEAMS else playing.filter(pk__in=idea.readers.values("pk")))
    if idea.kind == IdeaKind.FAILURE_STORY.value:
        watching = Membership.objects.filter(pk__in=_capable(cycle, Capability.FOLLOW)).values("person")
        inside &= ~Q(person__in=watching)
    return own | organizers | inside


def _shown(idea: Idea) -> bool:
    """Whether the entry or try it stands for is open to everybody who sees the cycle."""
    what = idea.submission or idea.attempt
    if what is None:
        return False
    round_ = what.challenge.round
    shown = round_.published_at is not None and round_.visibility in OPEN_TO_ALL
    if idea.submission is not None:
        return shown and idea.submission.state in {one.value for one in COUNTS}
    return shown and not what.group.rank_hidden


def _playing(cycle: Cycle) -> QuerySet[Group]:
    return Group.objects.filter(cycle=cycle).exclude(state=GroupState.PENDING.value)


def _capable(cycle: Cycle, capability: Capability) -> list[int]:
    """Places in the whole cycle with a capability. Compared here, not in SQL: SQLite cannot look into a JSON list."""
    rows = Membership.objects.filter(cycle=cycle, group__isnull=True, until__isnull=True).values_list("pk", "capabilities")
    return [pk for pk, held in rows if capability in held]


def _people(places: QuerySet[Membership]) -> QuerySet[Person]:
    return Person.objects.filter(pk__in=places.values("person"))


def groups_reading(people: QuerySet[Person], cycle: Cycle, keys: Iterable[str]) -> list[Group]:
    """The groups with these keys, of which somebody is among the people. One statement."""
    held = Membership.objects.filter(cycle=cycle, until__isnull=True, person__in=people).values("group")
    return list(Group.objects.filter(cycle=cycle, key__in=list(keys), pk__in=held).order_by("key"))


def adopters_of(idea: Idea, *, but: Group | None = None) -> list[Group]:
    """The groups whose last test of the idea adopts it, who adopted last first; at most twelve. Two statements."""
    done = ChangeTest.objects.filter(idea=idea, state=ChangeState.ACTED.value, group__state=GroupState.ACTIVE.value)
    rows = done.annotate(house=F("group__organization")).values_list("group_id", "act", "acted_at", "number", "house")
    last = last_words(Finished(group, Act(act), at, number, house) for group, act, at, number, house in rows if at is not None)
    adopted = [one for one in last.values() if one.act is Act.ADOPT and one.group != (but.pk if but is not None else None)]
    newest = [one.group for one in sorted(adopted, key=lambda one: (one.at, one.number), reverse=True)][:ASKED]
    found = Group.objects.in_bulk(newest) if newest else {}
    return [found[pk] for pk in newest if pk in found]
