"""What these pages share: asking the permission table, the network of a request, refusals beside the field they are about."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse

from backend.accounts.models import User
from backend.api.permissions import access_of
from games.errors import GameError, NotFound
from games.journal.network import network_of
from games.permissions import allows, visible

ID_DIGITS: Final = 18
__all__ = [
    "ID_DIGITS",
    "attempt",
    "id_in",
    "may",
    "me",
    "network_of",
    "refuse",
    "require",
    "seen",
    "signed_in",
]


def seen[M: Model](request: HttpRequest, name: str, rows: QuerySet[M], **where: Any) -> M:
    """The one row the person may see, else 404: hidden and absent look alike."""
    found = visible(access_of(request), name, rows).filter(**where).first()
    if found is None:
        raise Http404
    return found


def may(request: HttpRequest, name: str, obj: Model | None = None) -> bool:
    """Whether the person holds the permission."""
    return allows(access_of(request), name, obj)


def require(request: HttpRequest, name: str, obj: Model | None = None) -> None:
    """Raise PermissionDenied (403) when the person does not hold the permission."""
    if not may(request, name, obj):
        raise PermissionDenied


def signed_in(page: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Send visitors to the sign-in page first, and back here after it."""

    @wraps(page)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return page(request, *args, **kwargs)

    return inner


def me(request: HttpRequest) -> User:
    """The user who is signed in."""
    assert isinstance(request.user, User)
    return request.user


def id_in(text: str) -> int:
    """The id in a form; 0, which nothing has, for anything that is no id."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= ID_DIGITS else 0


def refuse(form: Form, refusal: GameError) -> None:
    """Put every fault beside its field, and what belongs to none on top."""
    if isinstance(refusal, NotFound):
        raise Http404
    if not refusal.problems:
        form.add_error(refusal.where if refusal.where in form.fields else None, refusal.message)
    for problem in refusal.problems:
        form.add_error(problem.where if problem.where in form.fields else None, problem.message)


def attempt(request: HttpRequest, act: Callable[[], object], done: str) -> bool:
    """Do something that has no form: say that it was done, or why not, on the next page."""
    try:
        act()
    except GameError as refusal:
        messages.error(request, refusal.message)
        return False
    messages.success(request, done)
    return True
