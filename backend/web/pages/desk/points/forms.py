"""Forms of the rules of points: one for each rule there is, one for a rule more."""

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from django import forms
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pydantic import ValidationError

from games.playbooks.schema import PointRule
from games.playbooks.schema.earning import EARNINGS, EARNS
from leaderboards.engine import numbers

NEW: Final = "new-rule"
SHARES: Final = (
    ("", gettext_lazy("in full")),
    ("0.75", gettext_lazy("three quarters")),
    ("0.5", gettext_lazy("half")),
    ("0.25", gettext_lazy("a quarter")),
)
NUMBERS: Final = ("cap_day", "cap_week", "cap_cycle", "pause")
MOST: Final = 1_000_000
WEEK: Final = 10_080


def _whole(label: Any, most: int = MOST) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=most, required=False)


class RuleForm(forms.Form):
    """The numbers of a rule. What it is for stays: another act is another rule."""

    points = forms.IntegerField(label=gettext_lazy("Points"), min_value=-MOST, max_value=MOST)
    ratio = forms.ChoiceField(label=gettext_lazy("Each further one of a day"), choices=SHARES, required=False)
    partner_ratio = forms.ChoiceField(label=gettext_lazy("From the third with the same team on"), choices=SHARES, required=False)
    cap_day = _whole(gettext_lazy("At most a day"))
    cap_week = _whole(gettext_lazy("At most a week"))
    cap_cycle = _whole(gettext_lazy("At most in all"))
    pause = _whole(gettext_lazy("Minutes between two"), WEEK)

    def __init__(self, *args: Any, event: str = "", **more: Any) -> None:
        """Without the other team where the act has none; a share that is none of those offered is offered too."""
        super().__init__(*args, **more)
        earning = EARNS.get(event)
        if event and not (earning is not None and earning.to_others):
            del self.fields["partner_ratio"]
        for name in ("ratio", "partner_ratio"):
            now = self.initial.get(name, "")
            if name in self.fields and now and now not in {value for value, _label in SHARES}:
                self.fields[name].choices = [*SHARES, (now, now)]  # type: ignore[attr-defined]  # a choice field

    def rule(self, base: Mapping[str, Any]) -> PointRule | None:
        """The rule with these numbers; None if they do not go together, which then stands at the field."""
        data = {**base, "points": self.cleaned_data["points"]}
        for name in (*NUMBERS, "ratio", "partner_ratio"):
            data.pop(name, None)
            if self.cleaned_data.get(name):
                data[name] = self.cleaned_data[name]
        try:
            return PointRule.model_validate(data)
        except ValidationError as wrong:
            for one in wrong.errors():
                self.add_error("points", str(one["msg"]).removeprefix("Value error, "))
            return None


class OldRuleForm(RuleForm):
    """A rule there is: it may go."""

    gone = forms.BooleanField(label=gettext_lazy("Leave this rule out"), required=False)


class NewRuleForm(RuleForm):
    """One rule more, if its points are given."""

    event = forms.ChoiceField(label=gettext_lazy("For"), choices=[(one.event, one.words) for one in EARNINGS])
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    field_order = ("name", "event", "points")

    def __init__(self, *args: Any, **more: Any) -> None:
        """Nothing of it is needed."""
        super().__init__(*args, **more)
        self.fields["points"].required = False

    def clean(self) -> dict[str, Any]:
        """The other team only where there is one."""
        sent = super().clean() or {}
        if sent.get("partner_ratio") and not EARNS[sent["event"]].to_others if sent.get("event") else False:
            self.add_error("partner_ratio", _("There is no other team in this act."))
        if sent.get("name") and sent.get("points") is None and "points" not in self.errors:
            self.add_error("points", _("How many points does it give?"))
        return sent

    @property
    def wanted(self) -> bool:
        """Whether a rule more is asked for."""
        return self.cleaned_data.get("points") is not None


def forms_of(rules: Sequence[PointRule], sent: Any = None) -> tuple[list[tuple[PointRule, OldRuleForm]], NewRuleForm]:
    """A form for each rule, and one for another."""
    old = [(rule, OldRuleForm(sent, prefix=f"rule-{rule.key}", initial=_initial(rule), event=rule.event)) for rule in rules]
    return old, NewRuleForm(sent, prefix=NEW)


def read_forms(old: Sequence[tuple[PointRule, OldRuleForm]], new: NewRuleForm) -> list[PointRule] | None:
    """The rules as sent; None if a form has a fault."""
    checked = [form.is_valid() for _rule, form in old] + [new.is_valid()]
    if not all(checked):
        return None
    found = [form.rule(_written(rule)) for rule, form in old if not form.cleaned_data["gone"]]
    if new.wanted:
        base = {key: new.cleaned_data[key] for key in ("name", "event") if new.cleaned_data[key]}
        found.append(new.rule({**base, "key": _key(new.cleaned_data, {rule.key for rule, _form in old})}))
    return None if None in found else [one for one in found if one is not None]


def _initial(rule: PointRule) -> dict[str, Any]:
    return {
        "points": rule.points,
        **{name: getattr(rule, name) for name in NUMBERS},
        **{name: _text(getattr(rule, name)) for name in ("ratio", "partner_ratio")},
    }


def _text(value: Fraction | None) -> str:
    return "" if value is None else numbers.text(value)


def _written(rule: PointRule) -> dict[str, Any]:
    return rule.model_dump(mode="json", exclude_defaults=True)


def _key(sent: Mapping[str, Any], taken: set[str]) -> str:
    """A key of its own, from the name or the act."""
    base = slugify(sent["name"] or re.sub(r"[._]", "-", sent["event"]))[:50] or "rule"
    number = 1
    while (key := base if number == 1 else f"{base}-{number}") in taken:
        number += 1
    return key
