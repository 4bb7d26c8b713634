"""The game on pages: a team's badges, streak, quests and league; all together on the page of the cycle; what is asked for, in words."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from backend.web.pages.workspace.frame import framed, team_seen
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.permissions import Access, visible
from games.playbooks.schema import Design
from games.recognition.models import EarnedBadge
from games.recognition.queries import shown_totals
from games.recognition.queries.badges import Earned, badges_in, badges_of_person, told
from games.recognition.queries.game import (
    GoalNow,
    LeagueNow,
    finished_in,
    goals_of,
    numbers_of,
    quests_of,
    today_in,
    waiting_badges,
    weeks_of,
)
from games.recognition.rules import level_of
from games.recognition.rules.asked import badge_words, goal_words, quest_words, streak_words
from games.recognition.rules.game import Game, game_of

LATEST = 12


@never_cache
@signed_in
@require_safe
def team_game_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """How the team stands in the game; for its members."""
    found = team_seen(request, cycle, group)
    access, design = access_of(request), design_of(found.cycle)
    game = game_of(design)
    if not game.on:
        raise Http404
    numbers, today = numbers_of(found.cycle, found), today_in(found.cycle, access.now)
    streak, league = weeks_of(found.cycle, found, today)
    earned = told(badges_in(found.cycle).filter(group=found), design)
    held = {one.badge.key for one in earned}
    context = framed(request, found, "team-game", _("Game")) | {
        "game": game,
        "earned": [_badge(one, design) for one in earned],
        "own": _own_badges(access, found, design),
        "waiting": [_waiting(badge, number, design) for badge, number in waiting_badges(found.cycle, numbers, held)],
        "streak": streak,
        "streak_words": streak_words(game.streak) if game.streak is not None else "",
        "quests": [
            {"now": one, "steps": _steps(one.steps, quest_words(one.quest, design))}
            for one in quests_of(found.cycle, found, numbers)
        ],
        "goals": [_goal(one, design) for one in goals_of(found.cycle, numbers, found)],
        "league": _league(found, league),
        "level": _level(found) if game.levels else None,
    }
    return render(request, "workspace/game.html", context)


@require_safe
def cycle_game_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What all do together, who earned what last, and what can be earned."""
    found = cycle_seen(request, cycle)
    access, design = access_of(request), design_of(found)
    game = game_of(design)
    if not game.on:
        raise Http404
    rows = visible(access, "earned_badge.view", badges_in(found)).order_by("-at", "-pk")
    latest = [one for one in rows[:LATEST] if any(one.badge == badge.key for badge in game.badges)]
    finished = finished_in(found) if game.quests else {}
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Game")),
        "tabs": tabs(found, "game", main=boards_seen(access, found).first(), access=access),
        "game": game,
        "goals": [_goal(one, design) for one in goals_of(found, numbers_of(found))],
        "latest": [{"row": row, "badge": _badge(one, design)} for row, one in _paired(latest, design)],
        "badges": _asked(found, game, design),
        "surprises": sum(one.surprise for one in game.badges),
        "quests": [
            {"quest": one, "steps": quest_words(one, design), "finished": finished.get(one.key, 0)} for one in game.quests
        ],
        "streak_words": streak_words(game.streak) if game.streak is not None else "",
        "mine": Group.objects.filter(pk__in=access.groups, cycle=found).first() if access.groups else None,
    }
    return render(request, "cycles/game.html", context)


def badges_shown(rows: Sequence[EarnedBadge], design: Design) -> list[dict[str, Any]]:
    """Badges of a group, for its page. No statement."""
    return [_badge(one, design) | {"id": one.id} for one in told(rows, design)]


def _paired(rows: Sequence[EarnedBadge], design: Design) -> list[tuple[EarnedBadge, Earned]]:
    return list(zip(rows, told(rows, design), strict=True))


def _badge(one: Earned, design: Design) -> dict[str, Any]:
    return {
        "title": one.badge.title,
        "summary": one.badge.summary,
        "asked": badge_words(one.badge, design),
        "at": one.at,
        "surprise": one.badge.surprise,
    }


def _waiting(badge: Any, number: int, design: Design) -> dict[str, Any]:
    of = badge.count if badge.event is not None and not badge.most else 0
    return {
        "title": badge.title,
        "summary": badge.summary,
        "asked": badge_words(badge, design),
        "done": min(number, of),
        "of": of if of > 1 else 0,
    }


def _own_badges(access: Access, group: Group, design: Design) -> list[dict[str, Any]]:
    """Badges of oneself, which nobody else sees."""
    if not any(one.receiver.value == "person" for one in game_of(design).badges):
        return []
    mine = group.memberships.filter(person__in=sorted(access.persons), until__isnull=True).values_list("person", flat=True)
    return [_badge(one, design) for person in mine for one in badges_of_person(group.cycle, person)]


def _steps(steps: Sequence[tuple[Any, int]], words: Sequence[str]) -> list[dict[str, Any]]:
    return [
        {"words": text, "done": min(number, step.count), "of": step.count, "ready": number >= step.count}
        for (step, number), text in zip(steps, words, strict=True)
    ]


def _goal(one: GoalNow, design: Design) -> dict[str, Any]:
    each = one.goal.each or 0
    return {"now": one, "asked": goal_words(one.goal, design), "each": each, "share": min(one.done, one.asked)}


def _league(group: Group, league: LeagueNow | None) -> dict[str, Any] | None:
    """The board of this week with names; who asked not to be named is not."""
    if league is None:
        return None
    rows = [
        {
            "place": place,
            "name": group.name if pk == group.pk else league.names[pk] or "",
            "points": points,
            "own": pk == group.pk,
        }
        for place, pk, points in league.rows
    ]
    return {"now": league, "rows": rows}


def _level(group: Group) -> dict[str, int]:
    """The level of a team's points, and how far it is to the next."""
    amount = shown_totals().filter(cycle=group.cycle, group=group).values_list("amount", flat=True).first() or 0
    level = level_of(amount)
    begins, ends = 50 * level * (level - 1), 50 * (level + 1) * level
    return {"now": level, "points": amount, "left": max(ends - amount, 0), "done": max(amount - begins, 0), "of": ends - begins}


def _asked(cycle: Cycle, game: Game, design: Design) -> list[dict[str, Any]]:
    """What can be earned, in words, and how many teams have it; no surprises. One statement."""
    counts: dict[str, int] = {}
    for key in badges_in(cycle).values_list("badge", flat=True):
        counts[key] = counts.get(key, 0) + 1
    return [
        {"title": one.title, "summary": one.summary, "asked": badge_words(one, design), "teams": counts.get(one.key, 0)}
        for one in game.badges
        if not one.surprise
    ]
