"""Value names in words: "final.jury low" becomes "the lower jury total in Pitch"."""

from typing import Final

from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop
from leaderboards.engine.names import Kind, ValueName, resolve, split_order
from leaderboards.engine.spec import BoardSpec, Credited, Format, Scoring, Source

FIXED: Final = {
    "score": gettext_noop("score"),
    "solved": gettext_noop("number of solved challenges"),
    "penalty": gettext_noop("penalty"),
    "rejected": gettext_noop("number of rejections"),
    "last": gettext_noop("time of the last solve"),
    "judged": gettext_noop("number of judged challenges"),
    "full_marks": gettext_noop("number of challenges with full marks"),
    "reached": gettext_noop("last round reached"),
    "improvement": gettext_noop("improvement from first to last round"),
    "countback": gettext_noop("best single rounds, compared one by one"),
}
IN_PAIRS: Final = {
    "strength": gettext_noop("strength in pairs"),
    "expected": gettext_noop("expected share of wins"),
    "compared": gettext_noop("number of comparisons"),
    "won": gettext_noop("number of comparisons won"),
}
SUFFIX: Final = {
    "points": gettext_noop("weighted value of {title}"),
    "count": gettext_noop("number of judges who gave {title} more than zero"),
    "countback": gettext_noop("marks on {title}, compared from the highest down"),
}


def in_words(scoring: Scoring, board: BoardSpec, text: str) -> str:
    """A step of an order, as "higher score" or "lower penalty"."""
    split = split_order(text)
    if split is None:
        return text
    name = name_in_words(scoring, board, split[0])
    return _("lower {name}", name=name) if split[1] else _("higher {name}", name=name)


def name_in_words(scoring: Scoring, board: BoardSpec, name: str) -> str:
    """A value name, as people say it."""
    found = resolve(scoring, board, name)
    if found is None:
        return name
    if found.kind is Kind.SCORE and board.source is Source.POINTS:
        return _("points earned")
    if found.kind is Kind.SCORE and board.source is Source.CREDIT:
        return _("points that came back") if board.who is Credited.ORIGINATORS else _("points for work that builds on others")
    titles = {one.key: one.title for one in scoring.rounds}
    if found.kind is Kind.ROUND:
        return _("score in {round}", round=titles.get(found.round or "", name))
    inside = _inside(scoring, found)
    return inside if found.round is None else _("{name} in {round}", name=inside, round=titles[found.round])


def _inside(scoring: Scoring, found: ValueName) -> str:
    if found.name in FIXED:
        return _(FIXED[found.name])
    if found.name in IN_PAIRS and any(task.format is Format.PAIRWISE for task in scoring.challenges):
        return _(IN_PAIRS[found.name])
    key, __, suffix = found.name.partition(".")
    title = _title(scoring, key)
    return _(SUFFIX[suffix], title=title) if suffix in SUFFIX else title


def _title(scoring: Scoring, key: str) -> str:
    for task in scoring.challenges:
        if task.key == key:
            return _("score of {task}", task=task.title)
        for criterion in task.marked_criteria:
            if criterion.key == key:
                return criterion.title
        for panel in task.judges_panels:
            if panel.key == key:
                return _("total of the panel {panel}", panel=panel.title)
        for field in task.fields:
            if field.key == key:
                return field.title
    return key
