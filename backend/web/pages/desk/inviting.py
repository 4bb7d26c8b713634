"""Many people invited at once: paste or upload a list, look at what each row would do, then send. Nothing goes out before that."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import me, signed_in
from backend.web.pages.desk.people import roles_of, ways
from backend.web.pages.desk.place import desk_page, organized
from backend.web.shapes import badge
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError, Problem
from games.groups import actions
from games.groups.guests import DOING, MAILED, Fate, Plan, Planned, plan_guests, roles_by_word
from games.journal.queries import db_now
from games.organizations.guests import MAX_BYTES, Guest, read_guests
from games.playbooks.rules import Capability

FATES: Final = {
    Fate.INVITE: ("open", gettext_lazy("gets an invitation")),
    Fate.AGAIN: ("open", gettext_lazy("gets a new link: the last one has run out")),
    Fate.ADD: ("planned", gettext_lazy("invited before: this place too, no second mail")),
    Fate.APPOINT: ("published", gettext_lazy("known here: takes the place at once")),
    Fate.HERE: ("closed", gettext_lazy("has this place already: nothing happens")),
    Fate.TWICE: ("closed", gettext_lazy("the same as row %(row)d: counted once")),
    Fate.FAULTY: ("alert", gettext_lazy("cannot be taken")),
}
SHOWN: Final = 500


class ListForm(forms.Form):
    """The list, pasted or as a file, and what people are whose row does not say it."""

    people = forms.CharField(
        label=gettext_lazy("People"),
        required=False,
        strip=False,
        max_length=MAX_BYTES,
        widget=forms.Textarea(attrs={"rows": 9, "spellcheck": "false", "autocomplete": "off", "wrap": "off"}),
        help_text=gettext_lazy(
            "One person a line: an address, “Name <address>”, or “name; address; team; role”. A table with a header works too."
        ),
    )
    file = forms.FileField(
        label=gettext_lazy("Or a file"),
        required=False,
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
        help_text=gettext_lazy(
            "CSV from a spreadsheet, with the columns name, email, role, team, division; only email is needed."
        ),
    )
    role = forms.ChoiceField(label=gettext_lazy("As"), help_text=gettext_lazy("For rows that name no role."))

    def __init__(self, *args: Any, roles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["role"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = roles
        for one in ("people", "file"):
            self.fields[one].needed = True  # type: ignore[attr-defined]  # either of them: the word "optional" would mislead

    def clean(self) -> dict[str, Any]:
        """A file takes the place of what was pasted, so that what is looked at is what is sent."""
        given = super().clean() or self.cleaned_data
        if upload := given.get("file"):
            if upload.size > MAX_BYTES:
                self.add_error("file", _("The file has more than 1 MB."))
                return given
            try:
                given["people"] = upload.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", _("The file is no UTF-8 text: save it as “CSV UTF-8”."))
        return given


@never_cache
@signed_in
def invite_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Write the list, look at it, send it. What was typed stays until it is sent."""
    found = organized(request, cycle)
    roles = roles_of(found)
    if request.method != "POST":
        return _page(request, found, ListForm(roles=roles, initial={"role": request.GET.get("role") or _judge(found)}))
    form = ListForm(request.POST, request.FILES, roles=roles)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    text, role = form.cleaned_data["people"], form.cleaned_data["role"]
    guests, problems = read_guests(text, roles_by_word(design_of(found)))
    wanted = request.POST.get("do")
    if wanted == "send" and not problems and _sent(request, found, guests, role):
        return redirect(f"{reverse('cycle-people', args=[found.key])}?sort=since")
    again = ListForm({"people": text, "role": role}, roles=roles)  # a file is now in the box, where it can be mended
    if wanted == "write":
        return _page(request, found, again)
    plan = plan_guests(found, guests, role=role, now=db_now())
    plan.problems = [*problems, *plan.problems]
    return _page(request, found, again, plan=plan, status=422 if plan.problems else 200)


def _judge(cycle: Cycle) -> str:
    """The role most lists are about."""
    return next((one.key for one in design_of(cycle).roles if Capability.JUDGE in one.capabilities), "")


def _sent(request: HttpRequest, cycle: Cycle, guests: list[Guest], role: str) -> bool:
    try:
        done = actions.invite_guests(cycle, guests, role=role, by=me(request))
    except GameError as refusal:
        messages.error(request, refusal.message)
        return False
    said = [ngettext("%(count)d place is given.", "%(count)d places are given.", done.placed) % {"count": done.placed}]
    if done.founded:
        said.append(ngettext("%(count)d team is new.", "%(count)d teams are new.", done.founded) % {"count": done.founded})
    if done.mailed:
        said.append(
            ngettext("%(count)d mail is on its way.", "%(count)d mails are on their way.", done.mailed) % {"count": done.mailed}
        )
    messages.success(request, " ".join(said))
    return True


def _page(request: HttpRequest, cycle: Cycle, form: ListForm, *, plan: Plan | None = None, status: int = 200) -> HttpResponse:
    context = {"ways": ways(cycle, "invite"), "form": form, "plan": _shown(cycle, plan) if plan else None}
    return desk_page(request, "desk/invite.html", cycle, "people", context, title=_("Invite people"), status=status)


def _shown(cycle: Cycle, plan: Plan) -> dict[str, Any]:
    """The plan for reading: rows with faults first named in a list, then every row with what becomes of it."""
    names, faults = dict(roles_of(cycle)), _by_row(plan.problems)
    ready = not plan.problems and plan.count(*DOING) > 0
    return {
        "rows": [_row(one, names, faults.get(one.guest.row, [])) for one in plan.rows[:SHOWN]],
        "more": max(0, len(plan.rows) - SHOWN),
        "problems": plan.problems,
        "ready": ready,
        "idle": not plan.problems and not ready,
        "mails": plan.count(*MAILED),
        "stats": [
            {"value": value, "label": label}
            for value, label in (
                (plan.count(*MAILED), _("get a mail")),
                (plan.count(Fate.APPOINT, Fate.ADD), _("get a place at once")),
                (len({one.team.casefold() for one in plan.rows if one.founds and one.fate in DOING}), _("new teams")),
                (plan.count(Fate.HERE, Fate.TWICE), _("are there already")),
                (len(faults), _("rows cannot be taken")),
            )
            if value
        ],
    }


def _by_row(problems: list[Problem]) -> dict[int, list[Problem]]:
    """Faults by the row they are about, as `organizations.guests.place` names it."""
    found: dict[int, list[Problem]] = {}
    for one in problems:
        number = one.where.removeprefix("row ").partition(",")[0]
        if number.isdigit():
            found.setdefault(int(number), []).append(one)
    return found


def _row(one: Planned, names: dict[str, str], faults: list[Problem]) -> dict[str, Any]:
    shape, words = FATES[Fate.FAULTY if faults else one.fate]
    role = one.role.key if one.role else one.guest.role
    return {
        "number": one.guest.row,
        "name": one.person.name if one.person else one.guest.name,
        "email": one.guest.email,
        "role": names.get(role, role),
        "team": one.team,
        "founds": one.founds,
        "badge": badge((shape, str(words) % {"row": one.twin} if one.fate is Fate.TWICE else words)),
        "faults": [problem.message for problem in faults],
    }
