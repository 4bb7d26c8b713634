"""The door: sign up, sign in, links by mail, invitations. What is answered never tells whether an address has an account."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from backend.accounts import actions
from backend.accounts.forms import EmailForm, PasswordForm, SignInForm, SignUpForm
from backend.accounts.models import SignInLink, User
from backend.accounts.pages.gate import attempt, me, network_of, refuse
from backend.accounts.queries import link_by_secret
from backend.accounts.rules import DoorLocked, LinkState, Purpose, link_state, safe_path
from games.errors import GameError
from games.groups.actions import accept_invitation
from games.journal.queries import db_now
from games.organizations.queries import invitation_by_secret
from games.organizations.rules import InvitationState, invitation_state
from leaderboards import readers
from leaderboards.live import recheck

BACKEND: Final = "backend.accounts.sessions.Accounts"


def next_path(request: HttpRequest) -> str:
    """Where the person wanted to go."""
    return safe_path(request.POST.get("next") or request.GET.get("next") or "")


def _enter(request: HttpRequest, user: User, path: str) -> HttpResponse:
    login(request, user, backend=BACKEND)
    return redirect(path or "/")


def _query(path: str) -> str:
    return f"?{urlencode({'next': path})}" if path else ""


@never_cache
@sensitive_post_parameters("password")
def sign_up(request: HttpRequest) -> HttpResponse:
    """Make an account; the link that opens it comes by mail."""
    if request.user.is_authenticated:
        return redirect(next_path(request) or "/")
    form = SignUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.sign_up(**form.cleaned_data, network=network_of(request), next_path=next_path(request))
        except GameError as refusal:
            refuse(form, refusal)
        else:
            return redirect("check-mail")
    return render(
        request, "accounts/sign_up.html", {"form": form, "next": next_path(request), "query": _query(next_path(request))}
    )


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """Address and password, or a link by mail."""
    path = next_path(request)
    if request.user.is_authenticated:
        return redirect(path or "/")
    form = SignInForm(request.POST or None)
    status, wait = 200, 0
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, actions.verify(**form.cleaned_data, network=network_of(request)), path)
        except DoorLocked as locked:
            refuse(form, locked)
            status, wait = 429, locked.retry_after
        except GameError as refusal:
            refuse(form, refusal)
    answer = render(request, "accounts/sign_in.html", {"form": form, "next": path, "query": _query(path)}, status=status)
    if wait:
        answer.headers["Retry-After"] = str(wait)
    return answer


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session."""
    user_id = request.user.pk
    logout(request)
    if user_id is not None:
        readers.changed([user_id])
        recheck(user_ids=[user_id])  # boards that are open in other windows
    messages.success(request, _("You are signed out."))
    return redirect("/")


def _ask(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    form = EmailForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.send_link(
            email=form.cleaned_data["email"], network=network_of(request), purpose=purpose, next_path=next_path(request)
        )
        return redirect("check-mail")
    return render(request, "accounts/ask_link.html", {"form": form, "purpose": purpose.value, "next": next_path(request)})


@never_cache
def ask_link(request: HttpRequest) -> HttpResponse:
    """Ask for a link that signs in once."""
    return _ask(request, Purpose.SIGN_IN)


@never_cache
def forgotten(request: HttpRequest) -> HttpResponse:
    """Ask for a link to set a new password."""
    return _ask(request, Purpose.PASSWORD)


def check_mail(request: HttpRequest) -> HttpResponse:
    """The same words, whether or not a mail went out."""
    return render(request, "accounts/check_mail.html")


def _good_link(secret: str, purpose: Purpose) -> SignInLink | None:
    link = link_by_secret(secret)
    if link is None or link.purpose != purpose.value or not link.user.is_active:
        return None
    return link if link_state(used_at=link.used_at, expires_at=link.expires_at, now=db_now()) is LinkState.GOOD else None


def _press(request: HttpRequest, secret: str, purpose: Purpose, spend: Callable[[str], SignInLink]) -> HttpResponse:
    """A link only shows a button: programs that look into mails follow links, but press nothing."""
    link = _good_link(secret, purpose)
    if request.method == "POST":
        try:
            spent = spend(secret)
        except GameError:
            link = None
        else:
            return _enter(request, spent.user, spent.next_path)
    return render(request, "accounts/press.html", {"link": link, "purpose": purpose.value}, status=200 if link else 410)


@never_cache
def use_link(request: HttpRequest, secret: str) -> HttpResponse:
    """Sign in by a link."""
    return _press(request, secret, Purpose.SIGN_IN, actions.sign_in_by_link)


@never_cache
def confirm(request: HttpRequest, secret: str) -> HttpResponse:
    """Confirm the address."""
    return _press(request, secret, Purpose.CONFIRM, actions.confirm)


@never_cache
@sensitive_post_parameters("password")
def set_password(request: HttpRequest, secret: str) -> HttpResponse:
    """A new password by a link."""
    link = _good_link(secret, Purpose.PASSWORD)
    if link is None:
        return render(request, "accounts/press.html", {"link": None, "purpose": "password"}, status=410)
    form = PasswordForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            spent = actions.set_password(secret, password=form.cleaned_data["password"])
        except GameError as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, _("Your new password holds from now on."))
            return _enter(request, spent.user, "")
    return render(request, "accounts/set_password.html", {"form": form, "link": link})


@never_cache
def invitation(request: HttpRequest, secret: str) -> HttpResponse:
    """Take the place that an invitation keeps: as whoever is signed in, or by the address it was sent to, without a password."""
    found = invitation_by_secret(secret)
    states = {InvitationState.GOOD, InvitationState.ACCEPTED} if request.user.is_authenticated else {InvitationState.GOOD}
    good = found is not None and (
        invitation_state(accepted_at=found.accepted_at, expires_at=found.expires_at, now=db_now()) in states
    )
    if found is None or not good:
        return render(request, "accounts/press.html", {"link": None, "purpose": "invitation"}, status=410)
    if request.method == "POST":
        if request.user.is_authenticated:
            if attempt(request, lambda: accept_invitation(secret, by=me(request)), _("The place is yours.")):
                return redirect(found.next_path or "/")
        else:
            return _enter_invited(request, secret, found.next_path)
    return render(request, "accounts/invitation.html", {"invitation": found, "query": _query(request.path)})


def _enter_invited(request: HttpRequest, secret: str, path: str) -> HttpResponse:
    try:
        user = actions.enter_by_invitation(secret)
    except GameError as refusal:
        messages.error(request, refusal.message)
        return redirect(request.path)
    messages.success(request, _("The place is yours, and you are signed in. Next time ask for a link at the sign-in page."))
    return _enter(request, user, path)
