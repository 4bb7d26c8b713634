"""Thanks and cheers, once each and never for one's own; following an idea, a thread, a group."""

from typing import Any

from django.db import IntegrityError, transaction

from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.ideas.models import Idea
from games.ideas.queries import groups_acting
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.talk.actions.talking import check_on
from games.talk.models import Follow, Post, Thanks, Thread
from games.talk.queries import place_in
from games.talk.rules import HOUR, THANKS_AN_HOUR, TalkRefused, check_rate
from leaderboards.engine.language import gettext as _

type Object = Idea | Post | Group


def _cycle(what: Idea | Post | Group | Thread) -> Cycle:
    return what.thread.cycle if isinstance(what, Post) else what.cycle


def _named(what: Object) -> dict[str, Any]:
    match what:
        case Idea():
            return {"idea": what}
        case Post():
            return {"post": what}
        case _:
            return {"to_group": what}


def _whose(what: Object) -> tuple[Group | None, Person | None]:
    """The group and the person who are thanked."""
    if isinstance(what, Group):
        return what, None
    return what.group, what.author


def placed(cycle: Cycle, by: Any) -> Membership:
    """The place as which `by` thanks, follows and reports. Raises TalkRefused without one."""
    place = place_in(cycle, by)
    if place is None:
        raise TalkRefused(_("Only who has a place in the cycle does this."))
    return place


@transaction.atomic
def thank(*, what: Object, by: Any) -> Thanks:
    """Thank for an idea or a post, or cheer a group: once, and never oneself or one's own group. Whether `by` sees it the edge asks."""
    what = what.corrects or what if isinstance(what, Post) else what
    cycle = _cycle(what)
    check_on(cycle)
    place = placed(cycle, by)
    receiver, author = _whose(what)
    own = receiver is not None and receiver.pk in groups_acting(cycle, by)
    if own or (author is not None and author.user_id is not None and author.user_id == by.pk):
        raise TalkRefused(_("Thanks go to others: this is your own."))
    now = db_now()
    given = list(Thanks.objects.filter(person__user=by, at__gt=now - HOUR).order_by("at").values_list("at", flat=True))
    check_rate(len(given), THANKS_AN_HOUR, given[0] if given else None, now)
    if Thanks.objects.filter(person__user=by, **_named(what)).exists():
        raise TalkRefused(_("You thanked for it already."))
    try:
        with transaction.atomic():
            made = Thanks.objects.create(cycle=cycle, person=place.person, group=place.group, at=now, **_named(what))
    except IntegrityError as twice:
        raise TalkRefused(_("You thanked for it already.")) from twice
    _journal(Kind.THANKS_GIVEN, cycle, receiver, what, by=by, held=True)
    return made


@transaction.atomic
def thank_back(*, what: Object, by: Any) -> None:
    """Take one's thanks back."""
    count, __ = Thanks.objects.filter(person__user=by, **_named(what)).delete()
    if not count:
        raise TalkRefused(_("You did not thank for it."))
    _journal(Kind.THANKS_GIVEN, _cycle(what), _whose(what)[0], what, by=by, held=False)


def _followed(what: Idea | Thread | Group) -> dict[str, Any]:
    match what:
        case Idea():
            return {"idea": what}
        case Thread():
            return {"thread": what}
        case _:
            return {"group": what}


@transaction.atomic
def follow(*, what: Idea | Thread | Group, by: Any) -> Follow:
    """Hear of what comes of it, for as long as one may see it. Following twice is following once."""
    cycle = _cycle(what)
    place = placed(cycle, by)
    made, new = Follow.objects.get_or_create(person=place.person, **_followed(what), defaults={"cycle": cycle, "at": db_now()})
    if new:
        _journal(Kind.FOLLOW_CHANGED, cycle, None, what, by=by, held=True)
    return made


@transaction.atomic
def unfollow(*, what: Idea | Thread | Group, by: Any) -> None:
    """Hear of it no more. Harmless when repeated."""
    count, __ = Follow.objects.filter(person__user=by, **_followed(what)).delete()
    if count:
        _journal(Kind.FOLLOW_CHANGED, _cycle(what), None, what, by=by, held=False)


def _journal(kind: Kind, cycle: Cycle, group: Group | None, what: Idea | Post | Group | Thread, *, by: Any, held: bool) -> None:
    record(
        kind,
        cycle_id=cycle.pk,
        by=by,
        group_id=group.pk if group is not None else None,
        subject=f"{type(what).__name__.lower()}:{what.pk}",
        payload={"of": type(what).__name__.lower(), "held": held},
    )
