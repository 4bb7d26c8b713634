"""A round in words: who takes part, what is set in it, how its score comes about; and the whole scoring, board by board."""

from collections.abc import Iterator

from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import challenges_of
from leaderboards.engine.spec import RoundSpec, Scoring, expand_boards
from leaderboards.engine.words.boards import board_rules, cut_rules
from leaderboards.engine.words.challenges import challenge_rules
from leaderboards.engine.words.phrases import best_of, listed, missing, weighted, with_rounding
from leaderboards.engine.words.prizes import award_rules


def round_rules(scoring: Scoring, round_key: str) -> list[str]:
    """Every rule of a round, also of its challenges; empty if there is no such round."""
    spec = next((one for one in scoring.rounds if one.key == round_key), None)
    return [] if spec is None else list(_rules(scoring, spec))


def _rules(scoring: Scoring, spec: RoundSpec) -> Iterator[str]:
    yield from _entrants(scoring, spec)
    tasks = challenges_of(scoring, spec.key)
    for task in tasks:
        yield from challenge_rules(scoring, task)
    names = [(_("the score of {task}", task=task.title), task.weight) for task in tasks]
    if len(names) > 1 or any(weight != 1 for __, weight in names):
        yield with_rounding(weighted(names, spec.combine, _("The score of the round")), spec.decimals, spec.rounding, scoring)
    if len(names) > 1:
        yield best_of(spec.best, _("challenge"), _("challenges")) + missing(spec.missing, _("challenge"), _("score of the round"))


def _entrants(scoring: Scoring, spec: RoundSpec) -> Iterator[str]:
    cuts = [cut for cut in scoring.cuts if cut.to == spec.key]
    number = [one.key for one in scoring.rounds].index(spec.key)
    if cuts:
        for cut in cuts:
            yield from cut_rules(scoring, cut)
    elif number:
        before = scoring.rounds[number - 1].title
        yield _(
            "Everyone of {before} takes part, unless out by decision; if teams are invited by decision, then only they.",
            before=before,
        )
    else:
        yield _("Every team takes part.")


def scoring_rules(scoring: Scoring) -> dict[str, list[str]]:
    """The whole scoring by heading: each round, each board, and the awards."""
    rules = {_("Round {title}", title=one.title): round_rules(scoring, one.key) for one in scoring.rounds}
    rules |= {_("Board {title}", title=one.title): board_rules(scoring, one.id) for one in expand_boards(scoring)}
    awards = dict.fromkeys(sentence for award in scoring.awards for sentence in award_rules(scoring, award.key))
    if awards:
        rules[_("Awards")] = list(awards)
    if len(scoring.rounds) > 1:
        rules = {
            _("Order"): [_("The rounds are, in order of time: {names}.", names=listed(one.title for one in scoring.rounds))],
            **rules,
        }
    return rules
