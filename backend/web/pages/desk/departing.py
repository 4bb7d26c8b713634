"""Departures from what the rules give: what may be decided about a group before a round counts, each with its reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.cycles.models import Cycle, Decision
from games.cycles.rules import DecisionKind
from games.playbooks.schema import Design
from games.progression.actions import decide, settle_tie
from games.results.queries.preview import Preview, PreviewBoard
from games.results.queries.ties import CutTie
from games.results.rules import CutLine
from leaderboards.engine.spec import AwardTies, CutTies
from leaderboards.queries import RowData

REACH: Final = 5


@dataclass(frozen=True, slots=True)
class Departure:
    """One thing that may be decided: `says` in words, and the parts of the decision; `asks`: what else has to be filled in."""

    key: str
    says: str
    kind: DecisionKind
    parts: Mapping[str, str]
    asks: str = ""


def departures(design: Design, found: Preview, board: PreviewBoard, row: RowData) -> list[Departure]:
    """What may be decided about the group of a row, the likely ones first."""
    group = row["group"]
    listed = [one for key, groups in found.entrants.items() for one in _into(design, found, key, groups, group)]
    listed += _ties(board, row)
    listed += _awards(design, found, group)
    for kind, says in (
        (DecisionKind.DISQUALIFY, _("Is disqualified as of this round: its marks stay, it has no place")),
        (DecisionKind.WITHDRAW, _("Has withdrawn as of this round")),
    ):
        if row["status"] != {"disqualify": "disqualified", "withdraw": "withdrawn"}[kind]:
            listed.append(Departure(kind.value, says, kind, {"round": found.round}))
    return listed


def _into(design: Design, found: Preview, key: str, entrants: Sequence[str], group: str) -> list[Departure]:
    """In or out of the field of a round to come."""
    spec = design.round(key)
    name = spec.title if spec else key
    if group in entrants:
        says = _("Does not go on to %(round)s") % {"round": name}
        return [Departure(f"stop:{key}", says, DecisionKind.STOP, {"round": key})]
    listed = [
        Departure(
            f"advance:{key}:{cut.board}",
            _("Goes on to %(round)s as a wildcard of the cut") % {"round": name},
            DecisionKind.ADVANCE,
            {"round": key, "board": cut.board},
        )
        for cut in found.cuts
        if cut.to == key and len(cut.wildcards) < cut.allowed
    ]
    invited = _("Goes on to %(round)s by invitation, beside the cut") % {"round": name}
    return [*listed, Departure(f"invite:{key}", invited, DecisionKind.ADVANCE, {"round": key})]


def _ties(board: PreviewBoard, row: RowData) -> list[Departure]:
    if not row["place"]:
        return []
    listed = [
        Departure("equal", _("Shares the place of a neighbour"), DecisionKind.EQUAL, {"board": board.key}, "other"),
    ]
    if sum(1 for one in board.rows if (one["bracket"], one["place"]) == (row["bracket"], row["place"])) > 1:
        says = _("Has this position among those it shares its place with")
        listed.append(Departure("break", says, DecisionKind.BREAK, {"board": board.key}, "position"))
    return listed


def _awards(design: Design, found: Preview, group: str) -> list[Departure]:
    won = {(award["key"], one["group"]) for award in found.awards for one in award["winners"]}
    return [
        Departure(
            f"award:{spec.key}",
            _("Gets the award %(award)s") % {"award": spec.title},
            DecisionKind.AWARD,
            {"value": spec.key},
        )
        for spec in design.awards
        if (spec.decided and (spec.key, group) not in won) or spec.ties is AwardTies.DECIDE
    ] + [
        Departure(
            f"forgo:{spec.key}",
            _("Does not get %(award)s, and keeps its place") % {"award": spec.title},
            DecisionKind.FORGO,
            {"value": spec.key},
        )
        for spec in design.awards
        if (spec.key, group) in won
    ]


class DepartForm(forms.Form):
    """One decision about one group."""

    act = forms.ChoiceField(label=gettext_lazy("What is decided"), widget=forms.RadioSelect)
    other = forms.ChoiceField(label=gettext_lazy("The neighbour"), required=False)
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=1, max_value=999, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        help_text=gettext_lazy("Everybody reads it once the round is published."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, listed: Sequence[Departure], near: Sequence[RowData], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.listed = {one.key: one for one in listed}
        self.fields["act"].choices = [(one.key, one.says) for one in listed]  # type: ignore[attr-defined]
        self.fields["other"].choices = [("", "–"), *((one["group"], f"{one['place']}  {one['name']}") for one in near)]  # type: ignore[attr-defined]
        asked = {one.asks for one in listed}
        for name in ("other", "position"):
            if name not in asked:
                del self.fields[name]

    def clean(self) -> dict[str, Any]:
        """What the chosen act asks for must be there."""
        found: dict[str, Any] = super().clean() or {}
        chosen = self.listed.get(found.get("act", ""))
        if chosen is not None and chosen.asks and not found.get(chosen.asks):
            self.add_error(chosen.asks, _("This decision needs it."))
        return found

    def carry_out(self, cycle: Cycle, group: str, *, by: Any) -> Decision:
        """Record the decision. Raises what the rules of the cycle refuse."""
        found = self.cleaned_data
        chosen = self.listed[found["act"]]
        parts = dict(chosen.parts)
        if chosen.asks == "other":
            parts["other"] = found["other"]
        if chosen.asks == "position":
            parts["value"] = str(found["position"])
        return decide(cycle, chosen.kind, by=by, reason=found["reason"], group=group, **parts)


def near_rows(board: PreviewBoard, row: RowData) -> list[RowData]:
    """The neighbours that a group may be set equal to: not those whose place it shares already."""
    inside = [one for one in board.rows if one["bracket"] == row["bracket"] and one["place"] not in {"", row["place"]}]
    return [one for one in inside if abs(one["rank"] - row["rank"]) <= REACH]


class TieForm(forms.Form):
    """Who of those tied across the line goes on."""

    groups = forms.MultipleChoiceField(label=gettext_lazy("These go on"), widget=forms.CheckboxSelectMultiple)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        max_length=2000,
        help_text=gettext_lazy("Such as: drawn by lot in front of both teams."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, cut: CutLine, names: Mapping[str, str], data: Any = None) -> None:
        super().__init__(data, prefix=f"tie-{cut.board}-{cut.to}")
        self.cut = cut
        self.fields["groups"].choices = [(key, names.get(key, key)) for key in cut.undecided]  # type: ignore[attr-defined]

    def clean_groups(self) -> list[str]:
        """As many as may pass."""
        chosen: list[str] = self.cleaned_data["groups"]
        if len(chosen) != self.cut.slots:
            raise forms.ValidationError(_("Choose %(number)d of them.") % {"number": self.cut.slots})
        return chosen

    def carry_out(self, cycle: Cycle, round_key: str, *, by: Any) -> None:
        """One decision for each of the chosen, all or none."""
        found, cut = self.cleaned_data, self.cut
        tie = tie_of(cut, round_key)
        settle_tie(cycle=cycle, tie=tie, chosen=found["groups"], reason=found["reason"], by=by)


def tie_of(cut: CutLine, round_key: str) -> CutTie:
    """The tie of a cut that waits for a decision."""
    return CutTie(round_key, cut.board, cut.to, cut.slots, tuple(cut.undecided))


def tie_words(cut: CutLine, names: Mapping[str, str]) -> str:
    """What is said of equal places at the line where the rules settle them."""
    if not cut.edge:
        return ""
    groups = ", ".join(names.get(key, key) for key in cut.edge)
    if cut.ties == CutTies.EXCLUDE:
        return _("%(groups)s share the place at the line: by the rules none of them goes on.") % {"groups": groups}
    if cut.ties == CutTies.DECIDE:
        return _("%(groups)s share the place at the line; who goes on was decided.") % {"groups": groups}
    return _("%(groups)s share the last place that goes on: by the rules all of them do.") % {"groups": groups}
