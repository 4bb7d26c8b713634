"""What is asked for, in words, from the same data that is counted. Pure."""

from typing import Final

from games.playbooks.schema import Badge, Counted, Counting, Design, Quest, SharedGoal, Streak
from games.playbooks.schema.earning import EARNS
from games.recognition.rules.game import game_of
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop, ngettext

OF: Final = {
    Counted.DAYS: gettext_noop("on {count} different days"),
    Counted.WEEKS: gettext_noop("in {count} different weeks"),
    Counted.PARTNERS: gettext_noop("with {count} different other teams"),
    Counted.ROUNDS: gettext_noop("in {count} different rounds"),
    Counted.CHALLENGES: gettext_noop("in {count} different tasks"),
}
KINDS: Final = {
    "kind": {
        "concept": gettext_noop("a thought worth trying"),
        "how-to": gettext_noop("how one step is done"),
        "practice-kit": gettext_noop("everything another team needs"),
        "failure-story": gettext_noop("the story of a failure"),
        "tactic": gettext_noop("a way of going about it"),
        "clue": gettext_noop("a clue"),
    },
    "act": {
        "adopt": gettext_noop("kept"),
        "adapt": gettext_noop("kept in a changed way"),
        "abandon": gettext_noop("that did not work"),
    },
}
"""What payloads say, in words."""


def act_words(counting: Counting) -> str:
    """The acts, joined by "or"."""
    return _(" or ").join(_(EARNS[event].words) if event in EARNS else event for event in counting.events)


def counting_words(counting: Counting, design: Design | None = None, *, count: int | None = None) -> str:
    """Such as "an entry handed in, 5 times, in Week 1"."""
    number = counting.count if count is None else count
    acts = act_words(counting)
    parts = [acts.replace(_(", whether it worked or not"), "") if "act" in counting.where else acts]
    if counting.of in OF:
        parts.append(_(OF[counting.of], count=number) if number > 1 else "")
    elif number > 1:
        parts.append(_("{number} times", number=number))
    parts += [_said(name, value) for name, value in counting.where.items()]
    if counting.rounds is not None:
        parts.append(_("in {names}", names=_(" or ").join(_round(key, design) for key in counting.rounds)))
    if counting.challenges is not None:
        parts.append(_("for {names}", names=_(" or ").join(_task(key, design) for key in counting.challenges)))
    return ", ".join(part for part in parts if part)


def _said(name: str, value: object) -> str:
    known = KINDS.get(name, {}).get(str(value))
    return _(known) if known else f"{name}: {value}".replace("_", " ")


def _round(key: str, design: Design | None) -> str:
    found = design.round(key) if design is not None else None
    return found.title if found is not None else key


def _task(key: str, design: Design | None) -> str:
    found = next((one for one in design.challenges if one.key == key), None) if design is not None else None
    return found.title if found is not None else key


def badge_words(badge: Badge, design: Design | None = None) -> str:
    """What a badge asks for, as a sentence."""
    if badge.points is not None:
        asked = _("from {points} points on", points=badge.points)
    elif badge.streak is not None:
        asked = _("something done in {streak} weeks in a row", streak=badge.streak)
    else:
        asked = counting_words(badge, design)
    if badge.most:
        asked = _("the most of all teams when the cycle ends: {asked}", asked=asked)
    if badge.first is not None:
        asked += ngettext(", the first team", ", the first {first} teams", badge.first, first=badge.first)
    return _sentence(asked)


def quest_words(quest: Quest, design: Design | None = None) -> tuple[str, ...]:
    """Each step of a quest, as a sentence."""
    return tuple(step.name or _sentence(counting_words(step, design)) for step in quest.steps)


def goal_words(goal: SharedGoal, design: Design | None = None) -> str:
    """What a shared goal asks for, as a sentence."""
    if goal.total is not None:
        return _sentence(_("all teams together: {counting_words}", counting_words=counting_words(goal, design, count=goal.total)))
    return _sentence(_("every team: {counting_words}", counting_words=counting_words(goal, design, count=goal.each)))


def streak_words(streak: Streak) -> str:
    """How weeks in a row are counted, in sentences."""
    often = ngettext("one of these acts", "{acts} of these acts", streak.acts, acts=streak.acts)
    acts = ", ".join(dict.fromkeys(_(EARNS[event].words) if event in EARNS else event for event in streak.events))
    said = [_("A week counts with {often}: {acts}.", often=often, acts=acts)]
    if streak.freezes:
        off = ngettext("One week off is", "{freezes} weeks off are", streak.freezes, freezes=streak.freezes)
        said.append(ngettext("{off} forgiven by itself.", "{off} forgiven by themselves.", streak.freezes, off=off))
    if streak.repair_days:
        said.append(
            _(
                "A week off can be made good within {repair_days} days, by doing its acts on top of those of the new week.",
                repair_days=streak.repair_days,
            )
        )
    said.append(_("The longest stretch is kept."))
    return " ".join(said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def game_rules(design: Design) -> list[str]:
    """The whole game, one sentence each, for the rules page. Surprises are counted, not told."""
    game = game_of(design)
    told = [
        _("Badge “{title}”: {asked}", title=one.title, asked=badge_words(one, design)) for one in game.badges if not one.surprise
    ]
    hidden = sum(one.surprise for one in game.badges)
    if hidden:
        told.append(ngettext("One badge is a surprise.", "{hidden} badges are surprises.", hidden, hidden=hidden))
    for quest in game.quests:
        enough = _(" {enough} of them are enough.", enough=quest.enough) if quest.enough < len(quest.steps) else ""
        told.append(
            _("Quest “{title}”: {steps}{enough}", title=quest.title, steps=" ".join(quest_words(quest, design)), enough=enough)
        )
    told += [
        _(
            "Shared goal “{title}”: {goal_words} Then every team is credited, once.",
            title=one.title,
            goal_words=goal_words(one, design),
        )
        for one in game.together
    ]
    if game.streak is not None:
        told.append(_("Weeks in a row: {streak_words}", streak_words=streak_words(game.streak)))
    if game.league is not None:
        told.append(
            _(
                "Leagues: every Monday teams that were about as active in the {weeks} weeks before stand on one board of"
                " at most {size}. It decides no place.",
                weeks=game.league.weeks,
                size=game.league.size,
            )
        )
    return told
