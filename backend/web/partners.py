"""Partnerships as pages show them: in words, with the parts of all teams."""

from collections.abc import Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.groups.models import Group
from games.partnerships.models import Partner, Partnership
from games.partnerships.queries import sorted_partners
from games.partnerships.rules import WHOLE, AnswerState, PartnershipKind, PartnershipState, percent
from games.permissions import Access
from games.rounds.rules import RoundState, state_of

ANSWERS = {
    AnswerState.ASKED.value: ("planned", gettext_lazy("has not answered")),
    AnswerState.AGREED.value: ("published", gettext_lazy("agrees")),
    AnswerState.DECLINED.value: ("closed", gettext_lazy("declined")),
}
STATES = {
    PartnershipState.PROPOSED.value: ("open", gettext_lazy("proposed")),
    PartnershipState.AGREED.value: ("published", gettext_lazy("agreed")),
    PartnershipState.DECLINED.value: ("closed", gettext_lazy("declined")),
    PartnershipState.WITHDRAWN.value: ("closed", gettext_lazy("withdrawn")),
}


def partnership_shape(
    one: Partnership, group: Group | None, access: Access, teams: Iterable[Partner] | None = None
) -> dict[str, Any]:
    """What a card shows. `group`: the team that looks, None for organizers and others. No statement: `teams` are given, or came along."""
    partners = sorted_partners(one, teams)
    own = next((row for row in partners if group is not None and row.group_id == group.pk), None)
    proposed, merger = one.state == PartnershipState.PROPOSED.value, one.kind == PartnershipKind.MERGER.value
    takes = one.challenge is not None and state_of(one.challenge.round.clock, access.now) in {RoundState.PLANNED, RoundState.OPEN}
    return {
        "one": one,
        "merger": merger,
        "title": _title(one, group, partners),
        "state": dict(zip(("state", "label"), STATES[one.state], strict=True)),
        "parts": [
            {
                "name": row.group.name,
                "url": reverse("group", args=[one.cycle.key, row.group.key]),
                "percent": percent(row.basis_points),
                "points": row.basis_points,
                "lead": row.group_id == one.lead_id,
                "own": own is not None and row.pk == own.pk,
                "badge": dict(zip(("state", "label"), ANSWERS[row.answer], strict=True)) if proposed else None,
            }
            for row in partners
        ],
        "asked": proposed and own is not None and own.answer == AnswerState.ASKED.value,
        "withdraws": own is not None and own.answer == AnswerState.AGREED.value and (proposed or (takes and not merger)),
        "leaves": not proposed,
    }


def _title(one: Partnership, group: Group | None, partners: Sequence[Partner]) -> str:
    others = [row.group.name for row in partners if group is None or row.group_id != group.pk]
    names = _(" and ").join(others)
    if one.challenge is not None:
        return _("One entry to “%(task)s” with %(teams)s") % {"task": one.challenge.name, "teams": names}
    return _("One team with %(teams)s") % {"teams": names} if group is not None else _("One team: %(teams)s") % {"teams": names}


def points_in(text: str) -> int:
    """Basis points of a typed percentage; 0 for what is none, or has more than two decimals."""
    try:
        exact = Decimal(text.strip().rstrip("%").strip().replace(",", ".")) * 100
    except InvalidOperation:
        return 0
    return int(exact) if exact.is_finite() and exact == exact.to_integral_value() and 0 < exact <= WHOLE else 0
