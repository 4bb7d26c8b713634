"""The grid of a contest as the board takes it: a column per task, in each cell what became of it, in signs and in words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final, TypedDict

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.results.queries.contest import Task, Tried

SHORT: Final = 3
LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class CellShape(TypedDict):
    """`state`: solved, first, tried, waits or none; `text` and `more` are the signs, `words` says the same."""

    state: str
    text: str
    more: str
    words: str


class TaskCell(CellShape):
    """A cell that knows the head of its column."""

    task: str


NOTHING: Final = CellShape(state="none", text="", more="", words="")


def task_columns(tasks: Sequence[Task]) -> list[dict[str, str]]:
    """Heads of the columns: the key where it is short, else a letter; the whole name as the title."""
    short = all(len(one.key) <= SHORT for one in tasks) and len({one.key for one in tasks}) == len(tasks)
    return [
        {"label": one.key if short else _letter(number), "title": f"{one.key}: {one.title}" if short else one.title}
        for number, one in enumerate(tasks)
    ]


def _letter(number: int) -> str:
    """A, B, …, Z, AA, AB, …"""
    return (_letter(number // 26 - 1) if number >= len(LETTERS) else "") + LETTERS[number % 26]


def cells(tasks: Sequence[Task], found: Mapping[tuple[str, str], Tried] | None) -> list[TaskCell]:
    """The cells of one row."""
    made = [cell(found[one.round, one.key]) if found and (one.round, one.key) in found else NOTHING for one in tasks]
    return [TaskCell(**one, task=head["label"]) for one, head in zip(made, task_columns(tasks), strict=True)]


def cell(tried: Tried) -> CellShape:
    """One cell: 143 +2 (solved in that minute after two rejected tries), −3 (tried), ?1 (waits)."""
    rejected = ngettext("%(count)d rejected try", "%(count)d rejected tries", tried.rejected) % {"count": tried.rejected}
    waiting = ngettext("%(count)d try waits", "%(count)d tries wait", tried.pending) % {"count": tried.pending}
    if tried.minute is not None:
        words = [_("solved in minute %(minute)d") % {"minute": tried.minute}]
        words += [rejected] if tried.rejected else []
        words += [_("first of all")] if tried.first else []
        more = f"+{tried.rejected}" if tried.rejected else ""
        return CellShape(state="first" if tried.first else "solved", text=str(tried.minute), more=more, words=_joined(words))
    if tried.pending:
        more = f"−{tried.rejected}" if tried.rejected else ""
        words = [waiting, *([rejected] if tried.rejected else [])]
        return CellShape(state="waits", text=f"?{tried.pending}", more=more, words=_joined(words))
    if tried.rejected:
        words = [_("not solved"), rejected]
        return CellShape(state="tried", text=f"−{tried.rejected}", more="", words=_joined(words))
    return NOTHING


def _joined(words: Iterable[str]) -> str:
    return ", ".join(words)


def contest_words() -> list[dict[str, Any]]:
    """The legend of the signs: each state, its sign, what it says."""
    return [
        {"state": "first", "text": "12", "words": _("first of all to solve it, in minute 12")},
        {"state": "solved", "text": "143", "more": "+2", "words": _("solved in minute 143, after 2 rejected tries")},
        {"state": "tried", "text": "−3", "words": _("3 rejected tries")},
        {"state": "waits", "text": "?1", "words": _("1 try waits for its verdict")},
    ]
