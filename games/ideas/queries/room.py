"""Reads of the safe room: whether it is open, its stories, the answers that are in sight."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from games.cycles.models import Cycle
from games.ideas.models import Idea, RiskAnswer, RiskTicket
from games.ideas.queries.feed import with_story
from games.ideas.rules import Audience
from games.rounds.models import Round


def organizers_story(cycle: Cycle) -> Idea | None:
    """The organizers' own failure that every team can read: it opens the room. The first of them; None while the room is closed."""
    told = Idea.objects.filter(cycle=cycle, safe=True, group__isnull=True, key_digest="", hidden_at__isnull=True)
    return with_story(told.filter(audience__in=(Audience.TEAMS.value, Audience.EVERYBODY.value))).order_by("number").first()


def stories(rows: QuerySet[Idea]) -> QuerySet[Idea]:
    """Those of `rows` (what the person may see) that were told in the room, the newest first."""
    return with_story(rows.filter(safe=True)).order_by("-shared_at", "-pk")


def answers_in(rounds: Iterable[Round], seen: QuerySet[RiskAnswer]) -> dict[int, list[str]]:
    """Round → the answers in sight, in an order that is random for good: that of their random keys. One statement."""
    found: dict[int, list[str]] = {one.pk: [] for one in rounds}
    for round_, text in seen.filter(round__in=found, shown=True).order_by("pk").values_list("round_id", "text"):
        found[round_].append(text)
    return found


def ticket_of(round_: Round, user: Any) -> str:
    """That this user answered in this round, in a form that names nobody without the secret of this server."""
    return salted_hmac("ludus.risk", f"{round_.pk}:{user.pk}", algorithm="sha256").hexdigest()


def answered_by(rounds: Iterable[Round], user: Any) -> set[int]:
    """Ids of those of the rounds in which this user answered. One statement."""
    tickets = {ticket_of(one, user): one.pk for one in rounds}
    return {tickets[digest] for digest in RiskTicket.objects.filter(digest__in=tickets).values_list("digest", flat=True)}
