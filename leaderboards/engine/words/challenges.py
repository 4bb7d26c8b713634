"""A challenge in words: what counts of it, and how its score comes about."""

from collections.abc import Iterator

from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop
from leaderboards.engine.spec import (
    Better,
    ChallengeSpec,
    Format,
    Keep,
    Scoring,
    Worth,
)
from leaderboards.engine.words.judged import judged_rules
from leaderboards.engine.words.phrases import EITHER, listed, number, rounding, with_rounding

KEPT = {
    Keep.BEST: gettext_noop("The best attempt counts."),
    Keep.LATEST: gettext_noop("The latest attempt counts, even if an earlier one was better."),
    Keep.FIRST: gettext_noop("The first attempt counts."),
    Keep.IMPROVEMENT: gettext_noop("What counts is how much the latest attempt is better than the first."),
}


def challenge_rules(scoring: Scoring, challenge: ChallengeSpec) -> list[str]:
    """Every rule of a challenge, one sentence or two each."""
    return list(_rules(scoring, challenge))


def _rules(scoring: Scoring, challenge: ChallengeSpec) -> Iterator[str]:
    name = challenge.title
    if challenge.division is not None:
        yield _("{name} is for division {division}.", name=name, division=challenge.division)
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
            yield from judged_rules(scoring, challenge, name)
    yield from _finish(scoring, challenge)


def _attempts(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    yield _(
        "{name} is solved by the first attempt judged {names}; nothing after it counts.",
        name=name,
        names=listed(challenge.accepted, EITHER),
    )
    if challenge.ignored:
        yield _(
            "Attempts judged {names} cost nothing; every other attempt before the accepted one is a rejection.",
            names=listed(challenge.ignored, EITHER),
        )
    if challenge.penalty:
        yield _(
            "The penalty is the minute of the accepted attempt, rounded down, plus {penalty} for each rejection.",
            penalty=number(challenge.penalty),
        )
    yield from _worth(challenge)


def _automatic(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    yield _("{name} is checked automatically. {kept}", name=name, kept=_(KEPT[challenge.keep]))
    yield from _worth(challenge)


def _worth(challenge: ChallengeSpec) -> Iterator[str]:
    worth = challenge.worth
    if isinstance(worth, Worth):
        shape = _("a curve") if worth.function == "log" else _("a line")
        yield _(
            "A solve is worth {initial} and falls on {shape} with every further solve, never below {minimum}.",
            initial=number(worth.initial),
            shape=shape,
            minimum=number(worth.minimum),
        )
    elif worth != 1:
        yield _("A solve is worth {worth}.", worth=number(worth))
    if challenge.first:
        yield _(
            "The first to solve it get {names} on top; who solve at the same moment share.",
            names=", ".join(number(one) for one in challenge.first),
        )


def _measured(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    unit = _(" in {unit}", unit=challenge.unit) if challenge.unit else ""
    better = _("lower") if challenge.better is Better.LOW else _("higher")
    yield _(
        "{name} is measured{unit}; {better} is better. {kept}", name=name, unit=unit, better=better, kept=_(KEPT[challenge.keep])
    )
    yield _("An entry can be withdrawn; then it no longer counts.")


def _compared(challenge: ChallengeSpec, name: str) -> Iterator[str]:
    yield _(
        "In {name} judges compare entries two by two: A, B, or too close; a pair may be skipped, and a few entries"
        " put in order at once.",
        name=name,
    )
    yield (
        _(
            "Strengths are fitted to all comparisons together (Bradley-Terry): to beat a strong entry counts more than to beat a weak one,"
            " too close is half a win for each, and the order of the votes does not matter."
        )
    )
    if challenge.scale is None:
        zero = _("{reference} counts as 0", reference=challenge.reference) if challenge.reference else _("0 is the middle of all")
        yield _("The score is the strength; {zero}, and one point more means to win about 73 of 100 comparisons.", zero=zero)
    else:
        yield _(
            "The score is the share of comparisons that an entry would win against all others, as 0 to {scale}.",
            scale=number(challenge.scale),
        )
    quorum = challenge.judges_panels[0].quorum
    if quorum > 1:
        yield _("With fewer than {quorum} comparisons there is no score.", quorum=quorum)


def _finish(scoring: Scoring, challenge: ChallengeSpec) -> Iterator[str]:
    titles = {one.key: one.title for one in challenge.fields}
    verbs = {"times": _("multiplied by"), "plus": _("increased by"), "minus": _("reduced by")}
    for step in challenge.adjust:
        verb, operand = step.operation
        what = titles.get(operand, operand) if isinstance(operand, str) else number(operand)
        yield with_rounding(
            _("Then the score is {verbs} {what}", verbs=verbs[verb], what=what), step.decimals, step.rounding, scoring
        )
    needed = [one.title for one in challenge.fields if one.default is None]
    if needed:
        yield _("Without {names} there is no score.", names=listed(needed, EITHER))
    if challenge.decimals is not None:
        yield _("The score is {rounding}.", rounding=rounding(challenge.decimals, challenge.rounding, scoring))
