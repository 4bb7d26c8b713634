"""One's own page: what is next, what one takes part in and has won, how one hears of things, one's data, tokens."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth import logout
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts import actions
from backend.accounts.forms import CAPABILITY_WORDS, LeaveForm, MeForm, TokenForm
from backend.accounts.models import User
from backend.accounts.pages.gate import attempt, id_in, me, refuse, seen, signed_in
from backend.accounts.personal import personal_zip
from backend.accounts.queries import tokens_of
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.notices import TITLES
from backend.web.paging import kept, page_of
from backend.web.steps import OVER, own_steps
from games.errors import GameError
from games.groups.actions import set_rank_hidden
from games.groups.models import Group, Membership
from games.groups.queries import ALIVE, memberships_of
from games.journal.queries import db_now
from games.notices.actions import set_wishes
from games.notices.queries import wishes_of
from games.notices.rules import CHOSEN, Pace
from games.organizations.queries import invitation_secret, invitations_to, people_of_user
from games.playbooks.rules import Capability
from games.recognition.queries import won_by

PAGE: Final = 12
"""So many rows of each list stand on a page."""
PACES = {Pace.NOW: gettext_lazy("at once"), Pace.DAILY: gettext_lazy("once a day"), Pace.NEVER: gettext_lazy("never")}


@never_cache
@signed_in
def own_page(request: HttpRequest, leaving: LeaveForm | None = None) -> HttpResponse:
    """Who one is here: what is next, what one takes part in and has won, how one hears of things, what of it others see."""
    user = me(request)
    form = MeForm(None if leaving else request.POST or None, initial={"name": user.name, "timezone": user.timezone})
    if form.is_bound and form.is_valid():
        user.name, user.timezone = form.cleaned_data["name"], form.cleaned_data["timezone"]
        user.save(update_fields=["name", "timezone"])
        messages.success(request, _("Saved."))
        return redirect("my-page")
    access = access_of(request)
    parts = [_part(one) for one in memberships_of(access.persons)]
    wished = wishes_of(user)
    current = [one for one in parts if not one["over"]]
    lists: dict[str, Sequence[Any] | QuerySet[Any]] = {
        "invitations": _invitations(user, access.now),
        "steps": own_steps(access),
        "parts": current,
        "past": [one for one in parts if one["over"]],
        "awards": won_by(access.groups_with()),
        "teams": [one for one in current if one["captain"]],
    }
    context = {
        "form": form,
        "now": access.now,
        **{name: {"page": page_of(request, rows, PAGE, name=name), "kept": kept(request, name)} for name, rows in lists.items()},
        "opened": "past" in request.GET,
        "topics": [{"key": topic.value, "name": TITLES[topic], "pace": pace.value} for topic, pace in wished.items()],
        "paces": [{"key": pace.value, "name": name} for pace, name in PACES.items()],
        "leave": leaving or LeaveForm(address=user.email),
    }
    return render(request, "accounts/own.html", context)


def _part(held: Membership) -> dict[str, Any]:
    """A membership as a card."""
    url = reverse("team", args=[held.cycle.key, held.group.key]) if held.group else reverse("cycle", args=[held.cycle.key])
    return {
        "role": held.role,
        "title": held.group.name if held.group else held.cycle.name,
        "under": held.cycle.name if held.group else "",
        "url": url,
        "badge": shapes.cycle_badge(held.cycle),
        "over": held.cycle.state in OVER,
        "group": held.group,
        "captain": held.group is not None and Capability.CAPTAIN in held.capabilities and held.group.state in ALIVE,
    }


def _invitations(user: User, now: datetime) -> list[dict[str, Any]]:
    """Places that wait for this address, each with its link: whoever confirmed the address may take them without the mail."""
    if user.email_confirmed_at is None:
        return []
    newest = {one.person_id: one for one in reversed(invitations_to(user.email, now))}
    return [
        {"by": str(one.created_by or ""), "until": one.expires_at, "url": reverse("invitation", args=[invitation_secret(one)])}
        for one in newest.values()
    ]


@require_POST
@signed_in
def wishes(request: HttpRequest) -> HttpResponse:
    """How soon a mail follows a notice, by topic."""
    chosen = {topic: request.POST.get(topic.value, "") for topic in CHOSEN}
    set_wishes(me(request), {topic: Pace(pace) for topic, pace in chosen.items() if pace in set(Pace)})
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('my-page')}#notices")


@require_POST
@signed_in
def rank(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether public results name a team: its captain's word."""
    mine = access_of(request).groups_with(Capability.CAPTAIN)
    group = seen(request, "group.manage", Group.objects.filter(pk__in=mine).select_related("cycle"), pk=pk)
    hidden = request.POST.get("hidden") == "1"
    words = _("Public results no longer name %(team)s.") if hidden else _("Public results name %(team)s again.")
    attempt(request, lambda: set_rank_hidden(group, hidden=hidden, by=request.user), words % {"team": group.name})
    page = id_in(request.POST.get("teams", ""))
    return redirect(f"{reverse('my-page')}{f'?teams={page}' if page else ''}#rank")


@never_cache
@require_safe
@signed_in
def take_away(request: HttpRequest) -> HttpResponse:
    """Everything known of oneself, as a zip."""
    body = personal_zip(me(request), at=db_now())
    headers = {"Content-Disposition": 'attachment; filename="ludus-about-me.zip"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(body, content_type="application/zip", headers=headers)


@require_POST
@signed_in
def leave(request: HttpRequest) -> HttpResponse:
    """Delete the account; the address is typed to be sure."""
    user = me(request)
    form = LeaveForm(request.POST, address=user.email)
    if form.is_valid():
        try:
            actions.forget(user, by=user)
        except GameError as refusal:
            refuse(form, refusal)
        else:
            logout(request)
            messages.success(request, _("Your account is deleted."))
            return redirect("/")
    return own_page(request, leaving=form)


@never_cache
@signed_in
def tokens(request: HttpRequest) -> HttpResponse:
    """One's tokens, and a new one, shown once."""
    user = me(request)
    parts = memberships_of([one.pk for one in people_of_user(user)])
    cycles = list({one.cycle_id: (one.cycle_id, one.cycle.name) for one in parts}.values())
    form = TokenForm(request.POST or None, cycles=cycles)
    secret = ""
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            _token, secret = actions.create_token(
                user,
                name=values["name"],
                cycles=values.get("cycles", ()),
                capabilities=values["capabilities"],
                expires=db_now() + form.lasting,
            )
        except GameError as refusal:
            refuse(form, refusal)
        else:
            form = TokenForm(cycles=cycles)
    names = dict(cycles)
    page = page_of(request, tokens_of(user), PAGE)
    rows = [(token, ", ".join(names.get(one, str(one)) for one in token.cycles), _words(token.capabilities)) for token in page]
    return render(
        request, "accounts/tokens.html", {"form": form, "secret": secret, "tokens": rows, "page": page, "now": db_now()}
    )


def _words(capabilities: list[str]) -> str:
    return ", ".join(str(CAPABILITY_WORDS[Capability(one)]) for one in capabilities if one in set(Capability))


@require_POST
@signed_in
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    actions.revoke_token(get_object_or_404(tokens_of(me(request)), pk=pk))
    messages.success(request, _("The token is dead."))
    return redirect("my-tokens")
