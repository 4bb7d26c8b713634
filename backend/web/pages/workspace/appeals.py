"""Appeals of a team: what it may ask to be looked at again and until when, what it asked, what was answered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, refuse, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.workspace.frame import framed, team_seen
from games.changes import actions
from games.changes.actions.appeals import WORDS
from games.changes.models import Appeal
from games.changes.queries import appeal_days, appeals_by, occasions
from games.changes.queries.appeals import Occasion
from games.changes.rules import AppealState
from games.errors import GameError
from games.groups.models import Group
from games.permissions import visible
from games.playbooks.rules import Capability
from games.rounds.models import Round

STATES: Final = {
    AppealState.OPEN: ("judging", gettext_lazy("with the organizers")),
    AppealState.UPHELD: ("published", gettext_lazy("upheld")),
    AppealState.REJECTED: ("locked", gettext_lazy("not upheld")),
    AppealState.WITHDRAWN: ("closed", gettext_lazy("taken back")),
}


class AppealForm(forms.Form):
    """One appeal about one round. `about`: id of a task, or empty for the whole round."""

    about = forms.ChoiceField(label=gettext_lazy("What it is about"), required=False)
    text = forms.CharField(
        label=gettext_lazy("What should be looked at again, and why"),
        max_length=WORDS,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Name the mark, the rule or the fact. The organizers read it, nobody else."),
    )

    def __init__(self, occasion: Occasion, data: Any = None) -> None:
        super().__init__(data, prefix=occasion.round.key)
        self.occasion = occasion
        tasks = [(str(one.pk), one.name or one.key) for one in occasion.challenges]
        self.fields["about"].choices = [("", _("The whole round")), *tasks]  # type: ignore[attr-defined]
        if len(tasks) < 2:  # noqa: PLR2004 one task is the whole round
            del self.fields["about"]

    def carry_out(self, group: Group, *, by: Any) -> Appeal:
        """Make the appeal. Raises what the rules refuse."""
        found = self.cleaned_data
        task = next((one for one in self.occasion.challenges if str(one.pk) == found.get("about")), None)
        return actions.make_appeal(round=self.occasion.round, group=group, challenge=task, text=found["text"], by=by)


@never_cache
@signed_in
def appeals_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Round by round: a form while appeals are taken, and for how long; then everything that was asked, with its answer."""
    found = team_seen(request, cycle, group)
    rounds, now = _rounds(found), access_of(request).now
    access = access_of(request)
    speaks = found.pk in {*access.groups_with(Capability.CAPTAIN), *access.groups_with(Capability.SUBMIT)}
    listed = list(visible(access, "appeal.view", appeals_by(found)))
    waiting = {one.round_id for one in listed if one.state == AppealState.OPEN.value}
    open_ = occasions(found, [one for one in rounds if one.published_at is not None], now)
    sent = _sent(request, open_) if request.method == "POST" and speaks else None
    if sent is not None and _made(request, sent, found):
        return redirect("team-appeals", found.cycle.key, found.key)
    context = framed(request, found, "team-appeals", _("Appeals")) | {
        "speaks": speaks,
        "occasions": [_shape(one, sent, waiting=one.round.pk in waiting, speaks=speaks) for one in open_],
        "coming": _coming(rounds, now),
        "appeals": [{"appeal": one, "badge": shapes.badge(STATES[AppealState(one.state)])} for one in listed],
    }
    return render(request, "workspace/appeals.html", context, status=422 if sent is not None else 200)


def _rounds(group: Group) -> list[Round]:
    rows = list(Round.objects.filter(cycle=group.cycle).order_by("number"))
    for one in rows:
        one.cycle = group.cycle
    return rows


def _sent(request: HttpRequest, open_: Sequence[Occasion]) -> AppealForm | None:
    """The form that was sent, if its round is still among those that can be appealed about."""
    occasion = next((one for one in open_ if one.round.key == request.POST.get("round")), None)
    if occasion is None:
        messages.error(request, _("Appeals about this round are not taken."))
    return AppealForm(occasion, request.POST) if occasion is not None else None


def _made(request: HttpRequest, form: AppealForm, group: Group) -> bool:
    if not form.is_valid():
        return False
    try:
        form.carry_out(group, by=request.user)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("Your appeal is with the organizers. You hear of their answer here and by mail."))
    return True


def _shape(one: Occasion, sent: AppealForm | None, *, waiting: bool, speaks: bool) -> dict[str, Any]:
    form = AppealForm(one) if one.open and speaks and not waiting else None
    if sent is not None and sent.occasion is one:
        form = sent  # refused: with what was typed, and why
    return {"round": one.round, "window": one.window, "open": one.open, "waiting": waiting, "form": form}


def _coming(rounds: Sequence[Round], now: datetime) -> list[dict[str, Any]]:
    """Rounds that are not published, and whose rules provide for appeals."""
    return [
        {"round": one, "days": days}
        for one in rounds
        if (one.published_at is None or one.published_at > now) and (days := appeal_days(one)) is not None
    ]


@signed_in
@require_POST
def withdraw_appeal(request: HttpRequest, cycle: str, group: str, pk: int) -> HttpResponse:
    """Take an appeal back, as long as nobody answered."""
    found = team_seen(request, cycle, group)
    row = seen(request, "appeal.withdraw", Appeal.objects.filter(group=found).select_related("round__cycle"), pk=pk)
    attempt(request, lambda: actions.withdraw_appeal(row, by=request.user), _("The appeal is taken back."))
    return redirect("team-appeals", found.cycle.key, found.key)
