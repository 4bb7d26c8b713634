"""Value names in words: "final.jury low" becomes "the lower jury total in Pitch"."""

from typing import Final

from leaderboards.engine.names import Kind, ValueName, resolve, split_order
from leaderboards.engine.spec import BoardSpec, Credited, Format, Scoring, Source

FIXED: Final = {
    "score": "score",
    "solved": "number of solved challenges",
    "penalty": "penalty",
    "rejected": "number of rejections",
    "last": "time of the last solve",
    "judged": "number of judged challenges",
    "full_marks": "number of challenges with full marks",
    "reached": "last round reached",
    "improvement": "improvement from first to last round",
    "countback": "best single rounds, compared one by one",
}
IN_PAIRS: Final = {
    "strength": "strength in pairs",
    "expected": "expected share of wins",
    "compared": "number of comparisons",
    "won": "number of comparisons won",
}
SUFFIX: Final = {
    "points": "weighted value of {}",
    "count": "number of judges who gave {} more than zero",
    "countback": "marks on {}, compared from the highest down",
}


def in_words(scoring: Scoring, board: BoardSpec, text: str) -> str:
    """A step of an order, as "higher score" or "lower penalty"."""
    split = split_order(text)
    if split is None:
        return text
    return f"{'lower' if split[1] else 'higher'} {name_in_words(scoring, board, split[0])}"


def name_in_words(scoring: Scoring, board: BoardSpec, name: str) -> str:
    """A value name, as people say it."""
    found = resolve(scoring, board, name)
    if found is None:
        return name
    if found.kind is Kind.SCORE and board.source is Source.POINTS:
        return "points earned"
    if found.kind is Kind.SCORE and board.source is Source.CREDIT:
        return "points that came back" if board.who is Credited.ORIGINATORS else "points for work that builds on others"
    titles = {one.key: one.title for one in scoring.rounds}
    if found.kind is Kind.ROUND:
        return f"score in {titles.get(found.round or '', name)}"
    where = f" in {titles[found.round]}" if found.round is not None else ""
    return f"{_inside(scoring, found)}{where}"


def _inside(scoring: Scoring, found: ValueName) -> str:
    if found.name in FIXED:
        return FIXED[found.name]
    if found.name in IN_PAIRS and any(task.format is Format.PAIRWISE for task in scoring.challenges):
        return IN_PAIRS[found.name]
    key, _, suffix = found.name.partition(".")
    title = _title(scoring, key)
    return SUFFIX[suffix].format(title) if suffix in SUFFIX else title


def _title(scoring: Scoring, key: str) -> str:
    for task in scoring.challenges:
        if task.key == key:
            return f"score of {task.title}"
        for criterion in task.marked_criteria:
            if criterion.key == key:
                return criterion.title
        for panel in task.judges_panels:
            if panel.key == key:
                return f"total of the panel {panel.title}"
        for field in task.fields:
            if field.key == key:
                return field.title
    return key
