"""One's own page: name and time zone, what one takes part in, tokens."""

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from backend.accounts import actions
from backend.accounts.forms import CAPABILITY_WORDS, LeaveForm, MeForm, TokenForm
from backend.accounts.pages.gate import me, refuse, signed_in
from backend.accounts.queries import tokens_of
from games.errors import GameError
from games.groups.queries import memberships_of
from games.journal.queries import db_now
from games.organizations.queries import people_of_user
from games.playbooks.rules import Capability


@never_cache
@signed_in
def own_page(request: HttpRequest, leaving: LeaveForm | None = None) -> HttpResponse:
    """Who one is here, and what one takes part in."""
    user = me(request)
    form = MeForm(None if leaving else request.POST or None, initial={"name": user.name, "timezone": user.timezone})
    if form.is_bound and form.is_valid():
        user.name, user.timezone = form.cleaned_data["name"], form.cleaned_data["timezone"]
        user.save(update_fields=["name", "timezone"])
        messages.success(request, "Saved.")
        return redirect("my-page")
    parts = memberships_of([one.pk for one in people_of_user(user)])
    context = {"form": form, "parts": parts, "leave": leaving or LeaveForm(address=user.email)}
    return render(request, "accounts/own.html", context)


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
            messages.success(request, "Your account is deleted.")
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
            _, secret = actions.create_token(
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
    rows = [
        (token, ", ".join(names.get(one, str(one)) for one in token.cycles), _words(token.capabilities))
        for token in tokens_of(user)
    ]
    return render(request, "accounts/tokens.html", {"form": form, "secret": secret, "tokens": rows, "now": db_now()})


def _words(capabilities: list[str]) -> str:
    return ", ".join(CAPABILITY_WORDS[Capability(one)] for one in capabilities if one in set(Capability))


@require_POST
@signed_in
def revoke_token(request: HttpRequest, pk: int) -> HttpResponse:
    """End a token."""
    actions.revoke_token(get_object_or_404(tokens_of(me(request)), pk=pk))
    messages.success(request, "The token is dead.")
    return redirect("my-tokens")
