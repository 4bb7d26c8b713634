"""Checks of who sits on a panel: an audience that votes, teams that judge teams."""

from collections.abc import Iterator

from leaderboards.engine.checks.problem import Problem
from leaderboards.engine.language import gettext as _
from leaderboards.engine.spec import ChallengeSpec, Criterion, Fold, Format, Panel, Per

MARKED = frozenset({Format.RUBRIC, Format.RANKING})


def voter_problems(path: str, challenge: ChallengeSpec) -> Iterator[Problem]:
    """What an audience or peers cannot do."""
    for panel in challenge.panels:
        where = f'{path}.panel "{panel.key}"'
        if panel.who != "audience" and panel.ballots != 1:
            yield Problem(f"{where}.ballots", _("only an audience has ballots; this panel is of {who}", who=panel.who))
        if panel.who == "audience":
            yield from _audience(path, where, challenge, panel)
        elif panel.who == "peers" and challenge.format not in MARKED:
            yield Problem(
                f"{where}.who",
                _("peers mark sheets, but {format} challenges are not marked; use rubric or ranking", format=challenge.format),
            )


def _audience(path: str, where: str, challenge: ChallengeSpec, panel: Panel) -> Iterator[Problem]:
    if challenge.format is not Format.RUBRIC:
        yield Problem(
            f"{where}.who", _("an audience votes on a criterion of a rubric; this challenge is {format}", format=challenge.format)
        )
        return
    criteria = [one for one in challenge.criteria if challenge.panel_of(one) == panel.key]
    if len(criteria) != 1:
        yield Problem(f"{where}.who", _("an audience votes on exactly one criterion, found {count}", count=len(criteria)))
    if panel.combine not in {Fold.SUM, Fold.MEAN}:
        yield Problem(
            f"{where}.combine",
            _(
                'the {combine} of votes says nothing; expected "sum" (the votes) or "mean" (the share of the voters)',
                combine=panel.combine,
            ),
        )
    plain = Panel()
    for name in ("points", "band", "drop_high", "drop_low"):
        if getattr(panel, name) != getattr(plain, name):
            yield Problem(f"{where}.{name}", _("votes are counted, not marks: it has no effect; remove it"))
    if panel.per is Per.SHEET:
        yield Problem(f"{where}.per", _("votes are counted, and there are no sheets; remove it"))
    for one in criteria:
        yield from _vote(path, one)


def _vote(path: str, one: Criterion) -> Iterator[Problem]:
    """A vote is 1; what is asked of marks must allow that."""
    where = f'{path}.criterion "{one.key}"'
    if one.min not in {None, 0} or one.max not in {None, 1}:
        yield Problem(where, _("a vote counts 1: expected min 0 and max 1, or neither"))
    for name in ("step", "values", "not_marked"):
        if getattr(one, name) is not None:
            yield Problem(f"{where}.{name}", _("a vote counts 1: it has no effect; remove it"))
