"""How credit flows, in words from the rules themselves. Pure."""

from fractions import Fraction

from games.playbooks.schema import Design
from leaderboards.engine import numbers
from leaderboards.engine.language import gettext as _

HUNDRED = 100


def credit_rules(design: Design) -> list[str]:
    """One sentence each; none where no rule flows."""
    flowing = [rule for rule in design.rules if rule.flows]
    if not flowing or not design.recognition.points:
        return []
    spec = design.credit
    named = ", ".join(f'"{rule.title}"' for rule in flowing)
    further = _(", the same share of that to what those build on, and so on: {depth} steps back at most", depth=spec.depth)
    steps = further if spec.depth > 1 else ""
    taken = _("It is added: whoever builds loses nothing.") if spec.minted else _("It is taken from what the builder gets.")
    found = [
        _(
            "Credit: of the points for {named}, {share} go to the ideas that yours builds on{steps}. {taken}",
            named=named,
            share=percent(spec.share),
            steps=steps,
            taken=taken,
        ),
        _(
            "Several sources share it equally, and the teams of a joint idea by the parts they agreed on. Ideas of your own in between count as no step."
        ),
        _(
            "Each team is credited once along a way, and once for each idea that a team builds on. Credit goes when the act it came from is taken back."
        ),
    ]
    caps = [
        _("from {who} at most {times} your own largest award", who=who, times=_times(times))
        for who, times in ((_("one team"), spec.cap_pair), (_("all teams together"), spec.cap_receiver))
        if times
    ]
    return found + ([_("In a cycle you are credited {names}.", names=_(" and ").join(caps))] if caps else [])


def percent(share: Fraction) -> str:
    """A share in percent, rounded to one decimal where it has more."""
    value = share * HUNDRED
    return f"{value.numerator if value.denominator == 1 else round(float(value), 1)} %"


def told(exact: str) -> str:
    """An exact number of points for reading: as it is where it ends, else near it."""
    value = numbers.parse(exact)
    return numbers.text(value) if "/" not in exact else _("about {fixed}", fixed=numbers.fixed(value, 2))


def _times(times: Fraction) -> str:
    return _("as much as") if times == 1 else _("{text} times", text=numbers.text(times))
