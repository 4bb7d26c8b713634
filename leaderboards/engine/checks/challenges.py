"""Checks of challenges: names, panels, criteria, bounds, adjustments, and what pairs allow."""

from collections.abc import Iterator

from leaderboards.engine.checks.problem import Problem, Severity, repeated, unknown, weight_problems
from leaderboards.engine.checks.voters import voter_problems
from leaderboards.engine.language import gettext as _
from leaderboards.engine.names import PAIR_NAMES, RESERVED
from leaderboards.engine.spec import Aggregate, ChallengeSpec, Criterion, Fold, Format, Panel, Scoring, Worth

MARKED = frozenset({Format.RUBRIC, Format.RANKING})
SEVERITIES = frozenset({Fold.SEVERITY, Fold.SEVERITY_CLIP})


def label(scoring: Scoring, challenge: ChallengeSpec) -> str:
    """How messages name a challenge: by key, and by its rounds where the same key is scored in several ways."""
    same = [one for one in scoring.challenges if one.key == challenge.key]
    rounds = f" ({', '.join(challenge.rounds)})" if len(same) > 1 and challenge.rounds else ""
    return f'challenge "{challenge.key}"{rounds}'


def challenge_problems(scoring: Scoring) -> Iterator[Problem]:
    """Everything wrong with the challenges."""
    yield from _twice_in_a_round(scoring)
    rounds = [one.key for one in scoring.rounds]
    for challenge in scoring.challenges:
        path = label(scoring, challenge)
        for key in challenge.rounds or ():
            if key not in rounds:
                yield unknown(f"{path}.rounds", key, "round", rounds)
        if challenge.rounds == ():
            yield Problem(
                f"{path}.rounds", _("at least one round is needed; leave the key out for every round"), Severity.WARNING
            )
        yield from _names(path, challenge)
        yield from _format(path, challenge)
        yield from _panels(path, challenge)
        yield from voter_problems(path, challenge)
        for criterion in challenge.criteria:
            yield from _criterion(path, challenge, criterion)
        yield from _fields(path, challenge)
        if challenge.combine is Aggregate.MEAN and challenge.criteria:
            weights = {one.key: one.weight for one in challenge.criteria}
            yield from weight_problems(f"{path}.criteria", weights, mean=True)


def _twice_in_a_round(scoring: Scoring) -> Iterator[Problem]:
    for one in scoring.rounds:
        keys = [challenge.key for challenge in scoring.challenges if challenge.in_round(one.key)]
        yield from repeated(_('challenges of round "{key}"', key=one.key), keys, "key")


def _names(path: str, challenge: ChallengeSpec) -> Iterator[Problem]:
    counts: dict[str, int] = {}
    for one in (*challenge.criteria, *challenge.panels, *challenge.fields):
        counts[one.key] = counts.get(one.key, 0) + 1
    for name, count in counts.items():
        if count > 1:
            yield Problem(
                path, _('the name "{name}" is used {count} times among criteria, panels and fields', name=name, count=count)
            )
        if name in RESERVED:
            yield Problem(path, _('the name "{name}" has a meaning of its own in boards; choose another', name=name))
    if challenge.key in RESERVED:
        yield Problem(
            path, _('the key "{challenge}" has a meaning of its own in boards; choose another', challenge=challenge.key)
        )


def _format(path: str, challenge: ChallengeSpec) -> Iterator[Problem]:
    if challenge.format is Format.PAIRWISE:
        yield from _pairwise(path, challenge)
    if challenge.format is Format.RUBRIC and not challenge.criteria:
        yield Problem(f"{path}.criteria", _("a rubric needs at least one criterion"))
    if challenge.format not in MARKED and challenge.criteria:
        yield Problem(
            f"{path}.criteria",
            _("{format} challenges are not marked, so criteria have no effect; remove them", format=challenge.format),
        )
    both = set(challenge.accepted) & set(challenge.ignored)
    for verdict in sorted(both):
        yield Problem(f"{path}.ignored", _('the verdict "{verdict}" cannot be both accepted and ignored', verdict=verdict))
    if challenge.penalty < 0:
        yield Problem(f"{path}.penalty", _("expected 0 or more minutes, found {penalty}", penalty=challenge.penalty))
    worth = challenge.worth
    if isinstance(worth, Worth) and (worth.minimum > worth.initial or worth.decay < 0):
        yield Problem(f"{path}.worth", _("expected initial of at least minimum, and a decay of 0 or more"))


def _pairwise(path: str, challenge: ChallengeSpec) -> Iterator[Problem]:
    """Of a panel only the quorum says something about comparisons."""
    if len(challenge.panels) > 1:
        yield Problem(f"{path}.panels", _("votes name no panel: expected one, found {count}", count=len(challenge.panels)))
    plain = Panel()
    for panel in challenge.panels:
        for name in ("per", "points", "band", "drop_high", "drop_low", "combine", "decimals", "rounding"):
            if getattr(panel, name) != getattr(plain, name):
                yield Problem(
                    f'{path}.panel "{panel.key}".{name}', _("judges compare and do not mark: it has no effect; remove it")
                )
    for one in challenge.fields:
        if one.key in PAIR_NAMES:
            yield Problem(
                f"{path}.fields", _('the name "{key}" has a meaning of its own where entries are compared', key=one.key)
            )
    if challenge.reference is not None and challenge.scale is not None:
        yield Problem(f"{path}.reference", _("with a scale nothing is counted from a group; remove one"), Severity.WARNING)


def _panels(path: str, challenge: ChallengeSpec) -> Iterator[Problem]:
    used = {challenge.panel_of(one) for one in challenge.marked_criteria}
    for panel in challenge.judges_panels:
        where = f'{path}.panel "{panel.key}"'
        if challenge.panels and challenge.format in MARKED and panel.key not in used:
            yield Problem(where, _("no criterion is marked by this panel"), Severity.WARNING)
        yield from _panel(where, panel)
        if panel.combine in SEVERITIES:
            yield from _severity(where, panel, ranking=challenge.format is Format.RANKING)
    if challenge.scale is not None:
        if challenge.scale <= 0:
            yield Problem(f"{path}.scale", _("expected a number above 0, found {scale}", scale=challenge.scale))
        for one in challenge.criteria:
            if one.min is None or one.max is None or one.min >= one.max:
                yield Problem(f'{path}.criterion "{one.key}"', _("scale needs min and max, with min below max"))


def _panel(where: str, panel: Panel) -> Iterator[Problem]:
    drops = panel.drop_high + panel.drop_low
    if panel.quorum > 1 and drops >= panel.quorum:
        yield Problem(
            where,
            _(
                "drops {drops} marks but counts from a quorum of {quorum} on; dropping needs at least one mark to remain",
                drops=drops,
                quorum=panel.quorum,
            ),
        )
    if panel.quorum == 0 and panel.combine is not Fold.SUM:
        yield Problem(
            f"{where}.quorum",
            _("0 has an effect only on a sum; the {combine} of nothing is nothing", combine=panel.combine),
            Severity.WARNING,
        )
    if panel.band is not None and panel.band.width < 0:
        yield Problem(f"{where}.band.width", _("expected 0 or more, found {width}", width=panel.band.width))
    if panel.points == ():
        yield Problem(f"{where}.points", _('expected "borda" or at least one number'))


def _severity(where: str, panel: Panel, *, ranking: bool) -> Iterator[Problem]:
    """Offsets are estimated from marks as they are given; a width says how far an adjusted mark may stray."""
    if ranking or panel.points is not None:
        yield Problem(
            f"{where}.combine",
            _(
                "{combine} needs marks: in an order of the entries every judge is equally severe; use mean or median",
                combine=panel.combine,
            ),
        )
    if panel.drop_high or panel.drop_low:
        yield Problem(
            where, _("{combine} does not drop marks; use severity_clip against marks far from the others", combine=panel.combine)
        )
    if panel.combine is Fold.SEVERITY and panel.band is not None:
        yield Problem(
            f"{where}.band", _("severity has no band; use severity_clip to pull adjusted marks that lie far from the others")
        )
    if panel.combine is Fold.SEVERITY_CLIP and panel.band is None:
        yield Problem(
            f"{where}.band.width",
            _(
                'severity_clip needs a width, in marks: band = { width = 1.5, around = "median" } pulls adjusted marks further than 1.5'
                " from the median of their entry to that distance"
            ),
        )


def _criterion(path: str, challenge: ChallengeSpec, one: Criterion) -> Iterator[Problem]:
    where = f'{path}.criterion "{one.key}"'
    panels = [panel.key for panel in challenge.judges_panels]
    if one.panel is not None and one.panel not in panels:
        yield unknown(f"{where}.panel", one.panel, _("panel of this challenge"), panels)
    if one.min is not None and one.max is not None and one.min > one.max:
        yield Problem(where, _("min {min} is above max {max}", min=one.min, max=one.max))
    if one.step is not None and one.step <= 0:
        yield Problem(f"{where}.step", _("expected a number above 0, found {step}", step=one.step))
    if one.step is not None and one.values is not None:
        yield Problem(where, _("step and values cannot both say what a mark may be; remove one"))
    if one.values == ():
        yield Problem(f"{where}.values", _("at least one value is needed"))


def _fields(path: str, challenge: ChallengeSpec) -> Iterator[Problem]:
    keys = [one.key for one in challenge.fields]
    for one in challenge.fields:
        where = f'{path}.field "{one.key}"'
        if one.min is not None and one.max is not None and one.min > one.max:
            yield Problem(where, _("min {min} is above max {max}", min=one.min, max=one.max))
        outside = one.default is not None and (
            (one.min is not None and one.default < one.min) or (one.max is not None and one.default > one.max)
        )
        if outside:
            yield Problem(f"{where}.default", _("{default} is outside min and max", default=one.default))
    for number, step in enumerate(challenge.adjust):
        verb, operand = step.operation
        if isinstance(operand, str) and operand not in keys:
            yield unknown(f"{path}.adjust[{number}].{verb}", operand, _("field of this challenge"), keys)
