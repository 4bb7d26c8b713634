"""What a dry run invents: teams, judges, answers, marks. Always the same for the same rules, and never to be mistaken for real ones. Pure."""

import json
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from games.playbooks.schema import (
    ChallengeDesign,
    CriterionDesign,
    Design,
    FlagAnswer,
    FormField,
    NumberAnswer,
    QuizAnswer,
    Registration,
)
from leaderboards.engine.numbers import text
from leaderboards.engine.spec import CutSpec, Panel

WORDS: Final = (
    *("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Ginkgo", "Hazel", "Ironwood", "Juniper", "Kapok", "Larch", "Maple"),
    *("Nutmeg", "Olive", "Pine", "Quince", "Rowan", "Spruce", "Teak", "Upas", "Viburnum", "Willow", "Yew"),
)
FEWEST: Final = 6
MOST: Final = len(WORDS)
JUDGES: Final = 3
MOST_JUDGES: Final = 7
OPEN_MARKS: Final = (Fraction(0), Fraction(10))  # for a criterion without bounds
WRONG: Final = "WA"
PDF: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)
FILES: Final = {
    "pdf": PDF,
    "png": PNG,
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;",
    "zip": b"PK\x05\x06" + bytes(18),
    "txt": b"Invented.\n",
    "md": b"Invented.\n",
    "csv": b"invented\n1\n",
    "json": b"{}\n",
}


def team_count(design: Design) -> int:
    """Enough for every cut to cut: two more than the largest one lets through, in each division."""
    divisions = max(len(design.registration.divisions), 1)
    wanted = max((_let_through(one) for one in design.cuts), default=0) + 2
    return min(max(FEWEST, wanted * divisions), MOST)


def _let_through(cut: CutSpec) -> int:
    if isinstance(cut.first, dict):
        return max((int(one) for one in cut.first.values()), default=0)
    return int(cut.first or 0)


def houses(design: Design) -> int:
    """From how many organizations the members of each team come, so that a task for several takes its entry."""
    return max((one.organizations for one in design.challenges), default=1)


def team_name(number: int, rules: Registration) -> str:
    """Invented Alder, Invented Birch, …"""
    name = f"Invented {WORDS[number % len(WORDS)]}"
    return name[: rules.names.max_length].strip().ljust(rules.names.min_length, "x")


def judges_of(panel: Panel) -> int:
    """As many judges as the panel needs for a score with something dropped, at least three."""
    return min(max(JUDGES, int(panel.quorum), int(panel.drop_high) + int(panel.drop_low) + 1), MOST_JUDGES)


def strength(team: int, of: int) -> Fraction:
    """How good an invented team is, from 0 to 1, each another."""
    place = (team * 7 + 3) % of if of % 7 else team
    return Fraction(place, max(of - 1, 1))


def registration_answers(rules: Registration, number: int) -> dict[str, Any]:
    """Answers that the form takes and the conditions let in. Files are left out."""
    found = {field.key: answer(field, number) for field in rules.form if field.type.value != "file"}
    for condition in rules.eligibility:
        if condition.among:
            found[condition.field] = condition.among[0]
        elif condition.excludes is not None:
            field = next((one for one in rules.form if one.key == condition.field), None)
            free = [one for one in (field.choices if field else ()) if one not in condition.excludes]
            found[condition.field] = free[0] if free else found.get(condition.field, "")
        else:
            found[condition.field] = text(condition.min if condition.min is not None else condition.max or Fraction(0))
    return found


def answer(field: FormField, number: int) -> Any:
    """Something the field takes."""
    match field.type.value:
        case "number":
            low = field.min if field.min is not None else Fraction(0)
            step = field.step or Fraction(1)
            high = field.max if field.max is not None else low + 10 * step
            return text(low + step * (number % (int((high - low) / step) + 1)))
        case "choice":
            chosen = field.choices[number % len(field.choices)]
            return [chosen] if field.many else chosen
        case "url":
            return f"https://example.org/invented/{number + 1}"
        case _:
            said = f"Invented by the dry run. Here a team answers: {field.title}"
            return said[: field.max_length] if field.max_length else said


def file_for(field: FormField) -> tuple[str, bytes] | None:
    """A small file that the field takes, as (name, content); None if none of the known ones fits."""
    endings = field.types or ("pdf",)
    ending = next((one for one in endings if one in FILES), None)
    return None if ending is None else (f"invented.{ending}", FILES[ending])


def mark(criterion: CriterionDesign, team: Fraction, judge: int, place: int) -> str:
    """A mark within the bounds: better teams get more, judges differ a little and always in the same way."""
    lean = Fraction((judge * 2 + place * 3) % 5 - 2, 15)
    level = min(max(team + lean, Fraction(0)), Fraction(1))
    if criterion.values:
        ordered = sorted(criterion.values)
        return text(ordered[round(level * (len(ordered) - 1))])
    low = criterion.min if criterion.min is not None else OPEN_MARKS[0]
    high = criterion.max if criterion.max is not None else low + OPEN_MARKS[1]
    step = criterion.step or (high - low) / 20
    return text(_short(low + step * round(level * ((high - low) / step))))


def _short(value: Fraction) -> Fraction:
    return Fraction(round(value * 100), 100) if value.denominator not in {1, 2, 4, 5, 10, 20, 25, 50, 100} else value


def ranks(teams: Sequence[Fraction], judge: int) -> list[int]:
    """A judge's order of the teams, 1 the best; each judge swaps one pair."""
    order = sorted(range(len(teams)), key=lambda one: -teams[one])
    if len(order) > 1:
        at = judge % (len(order) - 1)
        order[at], order[at + 1] = order[at + 1], order[at]
    places = [0] * len(teams)
    for place, team in enumerate(order, 1):
        places[team] = place
    return places


def right_answer(spec: ChallengeDesign) -> str | None:
    """What an automatic task takes as right; None where only hashes of it are known."""
    match spec.answer:
        case FlagAnswer(values=values):
            return values[0] if values else None
        case NumberAnswer(value=value):
            return text(value)
        case QuizAnswer(questions=questions):
            return json.dumps({one.key: list(one.correct) if len(one.correct) > 1 else one.correct[0] for one in questions})
        case _:
            return None


def measured(team: Fraction, number: int) -> str:
    """A measured value, another for each team."""
    return text(Fraction(round((40 + 50 * team) * 100) + number, 100))
