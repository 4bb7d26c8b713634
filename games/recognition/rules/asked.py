"""What is asked for, in words, from the same data that is counted. Pure."""

from typing import Final

from games.playbooks.schema import Badge, Counted, Counting, Design, Quest, SharedGoal, Streak
from games.playbooks.schema.earning import EARNS
from games.recognition.rules.game import game_of

OF: Final = {
    Counted.DAYS: "on {count} different days",
    Counted.WEEKS: "in {count} different weeks",
    Counted.PARTNERS: "with {count} different other teams",
    Counted.ROUNDS: "in {count} different rounds",
    Counted.CHALLENGES: "in {count} different tasks",
}
KINDS: Final = {
    "kind": {
        "concept": "a thought worth trying",
        "how-to": "how one step is done",
        "practice-kit": "everything another team needs",
        "failure-story": "the story of a failure",
        "tactic": "a way of going about it",
        "clue": "a clue",
    },
    "act": {"adopt": "kept", "adapt": "kept in a changed way", "abandon": "that did not work"},
}
"""What payloads say, in words."""


def act_words(counting: Counting) -> str:
    """The acts, joined by "or"."""
    return " or ".join(EARNS[event].words if event in EARNS else event for event in counting.events)


def counting_words(counting: Counting, design: Design | None = None, *, count: int | None = None) -> str:
    """Such as "an entry handed in, 5 times, in Week 1"."""
    number = counting.count if count is None else count
    acts = act_words(counting)
    parts = [acts.replace(", whether it worked or not", "") if "act" in counting.where else acts]
    if counting.of in OF:
        parts.append(OF[counting.of].format(count=number) if number > 1 else "")
    elif number > 1:
        parts.append(f"{number} times")
    parts += [_said(name, value) for name, value in counting.where.items()]
    if counting.rounds is not None:
        parts.append("in " + " or ".join(_round(key, design) for key in counting.rounds))
    if counting.challenges is not None:
        parts.append("for " + " or ".join(_task(key, design) for key in counting.challenges))
    return ", ".join(part for part in parts if part)


def _said(name: str, value: object) -> str:
    return KINDS.get(name, {}).get(str(value)) or f"{name}: {value}".replace("_", " ")


def _round(key: str, design: Design | None) -> str:
    found = design.round(key) if design is not None else None
    return found.title if found is not None else key


def _task(key: str, design: Design | None) -> str:
    found = next((one for one in design.challenges if one.key == key), None) if design is not None else None
    return found.title if found is not None else key


def badge_words(badge: Badge, design: Design | None = None) -> str:
    """What a badge asks for, as a sentence."""
    if badge.points is not None:
        asked = f"from {badge.points} points on"
    elif badge.streak is not None:
        asked = f"something done in {badge.streak} weeks in a row"
    else:
        asked = counting_words(badge, design)
    if badge.most:
        asked = f"the most of all teams when the cycle ends: {asked}"
    if badge.first is not None:
        asked += ", the first team" if badge.first == 1 else f", the first {badge.first} teams"
    return _sentence(asked)


def quest_words(quest: Quest, design: Design | None = None) -> tuple[str, ...]:
    """Each step of a quest, as a sentence."""
    return tuple(step.name or _sentence(counting_words(step, design)) for step in quest.steps)


def goal_words(goal: SharedGoal, design: Design | None = None) -> str:
    """What a shared goal asks for, as a sentence."""
    if goal.total is not None:
        return _sentence(f"all teams together: {counting_words(goal, design, count=goal.total)}")
    return _sentence(f"every team: {counting_words(goal, design, count=goal.each)}")


def streak_words(streak: Streak) -> str:
    """How weeks in a row are counted, in sentences."""
    often = "one of these acts" if streak.acts == 1 else f"{streak.acts} of these acts"
    acts = ", ".join(dict.fromkeys(EARNS[event].words if event in EARNS else event for event in streak.events))
    said = [f"A week counts with {often}: {acts}."]
    if streak.freezes:
        off = "One week off is" if streak.freezes == 1 else f"{streak.freezes} weeks off are"
        said.append(f"{off} forgiven by {'itself' if streak.freezes == 1 else 'themselves'}.")
    if streak.repair_days:
        said.append(
            f"A week off can be made good within {streak.repair_days} days, by doing its acts on top of those of the new week."
        )
    said.append("The longest stretch is kept.")
    return " ".join(said)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + "."


def game_rules(design: Design) -> list[str]:
    """The whole game, one sentence each, for the rules page. Surprises are counted, not told."""
    game = game_of(design)
    told = [f"Badge “{one.title}”: {badge_words(one, design)}" for one in game.badges if not one.surprise]
    hidden = sum(one.surprise for one in game.badges)
    if hidden:
        told.append("One badge is a surprise." if hidden == 1 else f"{hidden} badges are surprises.")
    for quest in game.quests:
        enough = f" {quest.enough} of them are enough." if quest.enough < len(quest.steps) else ""
        told.append(f"Quest “{quest.title}”: {' '.join(quest_words(quest, design))}{enough}")
    told += [f"Shared goal “{one.title}”: {goal_words(one, design)} Then every team is credited, once." for one in game.together]
    if game.streak is not None:
        told.append(f"Weeks in a row: {streak_words(game.streak)}")
    if game.league is not None:
        told.append(
            f"Leagues: every Monday teams that were about as active in the {game.league.weeks} weeks before stand on one board of at"
            f" most {game.league.size}. It decides no place."
        )
    return told
