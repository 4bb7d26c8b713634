"""Forms: how the next cycle begins, and what becomes of a winner's idea."""

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from games.playbooks.queries import presets
from games.playbooks.schema import Carry
from games.retrospectives.rules import AdoptionWay
from games.retrospectives.rules.states import WORDS
from leaderboards.engine import numbers

PERCENT: Final = 100
SWITCHES: Final = ("teams", "judges", "badges", "commitments")


def _percent(label: Any, hint: Any) -> forms.IntegerField:
    return forms.IntegerField(label=label, help_text=hint, required=False, min_value=0, max_value=PERCENT)


class NextForm(forms.Form):
    """When the next cycle begins, and what comes along."""

    start = forms.DateTimeField(
        label=gettext_lazy("Begins"),
        help_text=gettext_lazy("In UTC. All times of the rules move with it."),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    teams = forms.BooleanField(label=gettext_lazy("Teams with their members"), required=False)
    judges = forms.BooleanField(label=gettext_lazy("Judges and those who look on"), required=False)
    points = _percent(
        gettext_lazy("Points, in percent"), gettext_lazy("Of the points that a team had. Empty: all begin at nothing.")
    )
    half_life = forms.IntegerField(
        label=gettext_lazy("Days after which only half of these points are left"),
        help_text=gettext_lazy("Counted from the end of this cycle. Empty: they do not fade."),
        required=False,
        min_value=1,
        max_value=36_500,
    )
    handicap = _percent(
        gettext_lazy("Head start, in percent"), gettext_lazy("Of the points that a team was behind the first. Empty: none.")
    )
    handicap_most = forms.IntegerField(
        label=gettext_lazy("The largest head start, in points"), required=False, min_value=1, max_value=1_000_000
    )
    badges = forms.BooleanField(label=gettext_lazy("Badges, shown as earned in this cycle"), required=False)
    commitments = forms.BooleanField(label=gettext_lazy("What teams meant to try and did not, as planned tests"), required=False)

    @staticmethod
    def first(carry: Carry, start: datetime) -> dict[str, Any]:
        """What the form begins with: as the rules of this cycle say."""
        shares = {name: getattr(carry, name) for name in ("points", "handicap")}
        return {
            "start": start,
            **{name: getattr(carry, name) for name in SWITCHES},
            **{name: None if one is None else int(one * PERCENT) for name, one in shares.items()},
            "half_life": None if carry.half_life is None else int(carry.half_life),
            "handicap_most": carry.handicap_most,
        }

    def carry(self) -> dict[str, Any]:
        """The table of the rules that says so; what is off or empty is left out where that means the same."""
        data = self.cleaned_data
        found: dict[str, Any] = {name: data[name] for name in SWITCHES}
        for name in ("points", "handicap"):
            if data[name]:
                found[name] = numbers.text(numbers.parse(data[name]) / PERCENT)
        if data["half_life"] and data["points"]:
            found["half_life"] = data["half_life"]
        if data["handicap_most"] and data["handicap"]:
            found["handicap_most"] = data["handicap_most"]
        return found


class AdoptForm(forms.Form):
    """What becomes of an idea of a winner: a decision, with its reason."""

    way = forms.ChoiceField(
        label=gettext_lazy("What becomes of it?"),
        choices=(
            (AdoptionWay.TEST.value, gettext_lazy("Teams of the next cycle begin with a planned test of it")),
            (AdoptionWay.START.value, gettext_lazy("A new cycle starts from it")),
            (AdoptionWay.NEITHER.value, gettext_lazy("It goes no further for now")),
        ),
        widget=forms.RadioSelect,
    )
    prediction = forms.CharField(
        label=gettext_lazy("What do you expect when others try it?"),
        help_text=gettext_lazy("For tests: each team reads it in its plan, and may say something better."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WORDS,
        required=False,
    )
    playbook = forms.ChoiceField(label=gettext_lazy("Playbook of the new cycle"), required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        help_text=gettext_lazy("Stands in the record of decisions, for everybody to read."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=WORDS,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With the playbooks of the library."""
        super().__init__(*args, **kwargs)
        choices = [("", _("Only for a new cycle")), *((one.key, one.name) for one in presets())]
        self.fields["playbook"].choices = choices  # type: ignore[attr-defined]
