"""A challenge in words: what is marked, how judges become one value, how the score comes about."""

from collections.abc import Iterator, Sequence

from leaderboards.engine.panels import QUANTUM
from leaderboards.engine.severity.gates import FREEDOM, JUDGES
from leaderboards.engine.spec import (
    Aggregate,
    Better,
    ChallengeSpec,
    Criterion,
    Fold,
    Format,
    Incomplete,
    Keep,
    Panel,
    Per,
    Scoring,
    Worth,
)
from leaderboards.engine.words.phrases import listed, number, plural, rounding, weighted, with_rounding

KEPT = {
    Keep.BEST: "The best attempt counts.",
    Keep.LATEST: "The latest attempt counts, even if an earlier one was better.",
    Keep.FIRST: "The first attempt counts.",
    Keep.IMPROVEMENT: "What counts is how much the latest attempt is better than the first.",
}
SEVERITIES = frozenset({Fold.SEVERITY, Fold.SEVERITY_CLIP})
FOLDED = {
    Fold.MEAN: "the mean",
    Fold.MEDIAN: "the median",
    Fold.SUM: "the sum",
    Fold.MIN: "the lowest",
    Fold.MAX: "the highest",
    Fold.SEVERITY: "the mean",
    Fold.SEVERITY_CLIP: "the mean",
}


def challenge_rules(scoring: Scoring, challenge: ChallengeSpec) -> list[str]:
    """Every rule of a challenge, one sentence or two each."""
    return list(_rules(scoring, challenge))


def _rules(scoring: Scoring, challenge: ChallengeSpec) -> Iterator[str]:
    name = challenge.title
    if challenge.division is not None:
        yield f"{name} is for division {challenge.division}."
    match challenge.format:
        case Format.ATTEMPTS:
            yield from _attempts(challenge, name)
        case Format.AUTOMATIC:
            yield from _automatic(challenge, name)
        case Format.MEASURED:
            yield from _measured(challenge, name)
        case Format.PAIRWISE:
            yield from _compared(challenge, name)
        case _:
            yield from _judged(scoring, challenge, name)
    yield from _finish(scoring, challenge)


def _judged(scoring: Scoring, challenge: ChallengeSpec, name: str) -> Iterator[str]:
    ranking = challenge.format is Format.RANKING
    for panel in challenge.judges_panels:
        criteria = [one for one in challenge.marked_criteria if challenge.panel_of(one) == panel.key]
        if not criteria:
            continue
        if panel.who == "audience":
            yield from _voted(scoring, panel, name, criteria)
            continue
        if panel.who == "peers":
            yield f"In {name} teams judge teams on the panel {panel.title}: nobody their own team, and no two teams each other."
        if ranking:
            yield f"In {name} each judge of the panel {panel.title} ranks the entries; 1 is the best."
        else:
            yield f"In {name} the panel {panel.title} marks {_marked(criteria)}."
        for value in dict.fromkeys(one.not_marked for one in criteria if one.not_marked is not None):
            of = listed((one.title for one in criteria if one.not_marked == value), "or")
            yield f"The value {number(value)} for {of} means that the judge did not mark it."
        yield from _panel(scoring, challenge, panel, criteria)
    if challenge.scale is not None:
        yield f"Every mark is first mapped from its range to 0 to {number(challenge.scale)}."
    yield from _sheets(challenge)
    yield from _total(scoring, challenge)


def _voted(scoring: Scoring, panel: Panel, name: str, criteria: Sequence[Criterion]) -> Iterator[str]:
    """An audience: who may vote, how often, what a vote counts."""
    votes = plural(panel.ballots, "vote")
    other = "" if panel.ballots == 1 else ", each for another entry"
    yield (
        f"In {name} the audience votes on {listed(one.title for one in criteria)}: everybody with a confirmed address has {votes}{other};"
        " nobody votes for their own team."
    )
    value = "the number of votes" if panel.combine is Fold.SUM else "the share of all voters who chose the entry"
    yield with_rounding(f"The value of the panel is {value}", panel.decimals, panel.rounding, scoring)
    if panel.quorum > 1:
        yield f"With fewer than {plural(panel.quorum, 'voter')} there is no value."


def _marked(criteria: Sequence[Criterion]) -> str:
    """The criteria with what a mark may be, said once where it is the same for all."""
    bounds = {_bounds(one) for one in criteria}
    names = [f"{one.title}{' (optional)' if one.optional else ''}" for one in criteria]
    if len(bounds) == 1:
        same = bounds.pop()
        each = "each " if len(names) > 1 else ""
        return f"{listed(names)}, {each}{same}" if same else listed(names)
    return listed(f"{name} {_bounds(one)}".strip() for name, one in zip(names, criteria, strict=True))


def _bounds(one: Criterion) -> str:
    if one.values is not None:
        return listed((number(value) for value in one.values), "or")
    if one.min is None or one.max is None:
        return ""
    step = f" in steps of {number(one.step)}" if one.step is not None else ""
    return f"{number(one.min)} to {number(one.max)}{step}"


def _panel(scoring: Scoring, challenge: ChallengeSpec, panel: Panel, criteria: list[Criterion]) -> Iterator[str]:
    unit = "sheets" if panel.per is Per.SHEET else "marks"
    if panel.points == "borda":
        yield "Each judge's order of the entries becomes points: one for every entry ranked behind; ties share."
    elif panel.points is not None:
        yield f"Each judge's order of the entries becomes points: {', '.join(number(one) for one in panel.points)}, then 0; ties share."
    if panel.per is Per.SHEET and len(criteria) > 1:
        kind = "weighted mean" if challenge.combine is Aggregate.MEAN else "weighted sum"
        yield f"Each judge's sheet first becomes one number, the {kind} of its criteria."
    if panel.combine in SEVERITIES:
        yield from _severity(challenge, panel, unit)
    if panel.band is not None:
        centre = rounding(panel.band.decimals, panel.band.rounding, scoring)
        where = f"the {panel.band.around} ({centre})" if centre else f"the {panel.band.around}"
        what = f"adjusted {unit}" if panel.combine in SEVERITIES else unit
        yield f"{what.capitalize()} further than {number(panel.band.width)} from {where} are pulled to that distance, once."
    dropped = [f"the {count} {word}" if count > 1 else f"the {word}" for count, word in _dropped(panel)]
    if dropped:
        yield f"{listed(dropped).capitalize()} of the {unit} are left out."
    adjusted = f"adjusted {unit}, rounded to {QUANTUM} decimals" if panel.combine in SEVERITIES else unit
    yield with_rounding(
        f"The value of the panel is {FOLDED[panel.combine]} of the {adjusted}", panel.decimals, panel.rounding, scoring
    )
    if panel.quorum == 0:
        yield "What nobody marked counts 0."
    elif panel.quorum > 1:
        yield f"With fewer than {plural(panel.quorum, unit[:-1])} there is no value."


def _severity(challenge: ChallengeSpec, panel: Panel, unit: str) -> Iterator[str]:
    """Severity in plain words: how it is found, what it does, when it is left alone."""
    each = "" if panel.per is Per.SHEET or len(challenge.marked_criteria) == 1 else ", criterion by criterion"
    yield (
        f"Some judges mark lower than others who saw the same entries. How much each one does is worked out from all {unit} of the"
        f" challenge{each}, with doubt where a judge saw little, and taken off that judge's {unit}: an entry is not better for"
        " having met mild judges."
    )
    yield (
        f"With fewer than {JUDGES} judges, or fewer than {FREEDOM} {unit} beyond the first of each entry, nothing is taken off,"
        f" and the {unit} count as they are."
    )


def _dropped(panel: Panel) -> list[tuple[int, str]]:
    return [(count, word) for count, word in ((panel.drop_high, "highest"), (panel.drop_low, "lowest")) if count]


def _sheets(challenge: ChallengeSpec) -> Iterator[str]:
    if len(challenge.marked_criteria) > 1:
        if challenge.incomplete is Incomplete.IGNORE:
            yield "A sheet that misses a required criterion does not count."
        else:
            yield "A sheet that misses a criterion still counts with the marks it has."
    yield "A mark that is absent or recused is never a zero."


def _total(scoring: Scoring, challenge: ChallengeSpec) -> Iterator[str]:
    names = [(one.title, one.weight) for one in challenge.marked_criteria]
    if len(names) > 1 or any(weight != 1 for _, weight in names):
        products = {(one.decimals, one.rounding) for one in challenge.criteria if one.decimals is not None}
        for decimals, mode in sorted(products, key=str):
            yield f"Each product of weight and value is {rounding(decimals, mode, scoring)}."
        yield f"{weighted(names, challenge.combine, 'The score')}."


def _attempts(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    yield f"{name} is solved by the first attempt judged {listed(challenge.accepted, 'or')}; nothing after it counts."
    if challenge.ignored:
        yield f"Attempts judged {listed(challenge.ignored, 'or')} cost nothing; every other attempt before the accepted one is a rejection."
    if challenge.penalty:
        yield f"The penalty is the minute of the accepted attempt, rounded down, plus {number(challenge.penalty)} for each rejection."
    yield from _worth(challenge)


def _automatic(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    yield f"{name} is checked automatically. {KEPT[challenge.keep]}"
    yield from _worth(challenge)


def _worth(challenge: ChallengeSpec) -> Iterator[str]:
    worth = challenge.worth
    if isinstance(worth, Worth):
        shape = "a curve" if worth.function == "log" else "a line"
        yield f"A solve is worth {number(worth.initial)} and falls on {shape} with every further solve, never below {number(worth.minimum)}."
    elif worth != 1:
        yield f"A solve is worth {number(worth)}."
    if challenge.first:
        yield f"The first to solve it get {', '.join(number(one) for one in challenge.first)} on top; who solve at the same moment share."


def _measured(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    unit = f" in {challenge.unit}" if challenge.unit else ""
    better = "lower" if challenge.better is Better.LOW else "higher"
    yield f"{name} is measured{unit}; {better} is better. {KEPT[challenge.keep]}"
    yield "An entry can be withdrawn; then it no longer counts."


def _compared(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    yield f"In {name} judges compare entries two by two: A, B, or too close; a pair may be skipped, and a few entries put in order at once."
    yield (
        "Strengths are fitted to all comparisons together (Bradley-Terry): to beat a strong entry counts more than to beat a weak one,"
        " too close is half a win for each, and the order of the votes does not matter."
    )
    if challenge.scale is None:
        zero = f"{challenge.reference} counts as 0" if challenge.reference else "0 is the middle of all"
        yield f"The score is the strength; {zero}, and one point more means to win about 73 of 100 comparisons."
    else:
        yield f"The score is the share of comparisons that an entry would win against all others, as 0 to {number(challenge.scale)}."
    quorum = challenge.judges_panels[0].quorum
    if quorum > 1:
        yield f"With fewer than {quorum} comparisons there is no score."


def _finish(scoring: Scoring, challenge: ChallengeSpec) -> Iterator[str]:
    titles = {one.key: one.title for one in challenge.fields}
    verbs = {"times": "multiplied by", "plus": "increased by", "minus": "reduced by"}
    for step in challenge.adjust:
        verb, operand = step.operation
        what = titles.get(operand, operand) if isinstance(operand, str) else number(operand)
        yield with_rounding(f"Then the score is {verbs[verb]} {what}", step.decimals, step.rounding, scoring)
    needed = [one.title for one in challenge.fields if one.default is None]
    if needed:
        yield f"Without {listed(needed, 'or')} there is no score."
    if challenge.decimals is not None:
        yield f"The score is {rounding(challenge.decimals, challenge.rounding, scoring)}."
