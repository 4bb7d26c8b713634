"""One's certificates and badges: what one's teams have, what one may have under one's own name, and giving it back."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.pages.gate import attempt, me, refuse, seen, signed_in
from backend.api.permissions import access_of
from games.credentials import actions
from games.credentials.models import Credential
from games.credentials.queries import HELD, Ground, credentials_of, grounds_of
from games.credentials.rules import CredentialState, SourceKind
from games.credentials.rules.states import NAME_LONGEST
from games.errors import GameError
from games.permissions import Access

type Place = tuple[int, str, str]
"""Group, source, key: what a credential is for."""


class NameForm(forms.Form):
    """Whom one's own certificate names."""

    name = forms.CharField(label=gettext_lazy("The name that stands on it"), max_length=NAME_LONGEST)
    with_address = forms.BooleanField(
        label=gettext_lazy("With a fingerprint of my e-mail address"),
        required=False,
        help_text=gettext_lazy("So that a badge collection can see that it is yours. Nobody can read the address from it."),
    )


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def my_credentials(request: HttpRequest) -> HttpResponse:
    """What there is, and what one may ask for. A POST asks: for the team (`whom` is team), or for oneself with a name."""
    access = access_of(request)
    grounds = {_place(one): one for one in grounds_of(access.groups_with(), sorted(access.persons))}
    bound: tuple[Place, NameForm] | None = None
    if request.method == "POST":
        ground = grounds.get(_asked(request))
        if ground is None:
            raise Http404
        if request.POST.get("whom") == "team":
            attempt(
                request,
                lambda: actions.ask_for_group(ground, by=request.user),
                _("It is being made: it stands here in a moment."),
            )
            return redirect("my-credentials")
        form = NameForm(request.POST, auto_id=f"id_{ground.group.pk}_{ground.key}_%s")
        if form.is_valid() and _ask(request, ground, form, access):
            return redirect("my-credentials")
        bound = (_place(ground), form)
    rows = list(credentials_of(access.groups_with(), sorted(access.persons)))
    context = {
        "rows": [_card(one) for one in rows],
        "grounds": [_offer(one, rows, bound, me(request).name) for one in grounds.values()],
        "waiting": any(one.state == CredentialState.ASKED.value for one in rows),
    }
    return render(request, "credentials/mine.html", context, status=422 if bound else 200)


def _ask(request: HttpRequest, ground: Ground, form: NameForm, access: Access) -> bool:
    try:
        actions.ask_for_oneself(ground, persons=sorted(access.persons), by=request.user, **form.cleaned_data)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    return True


def _place(ground: Ground) -> Place:
    return (ground.group.pk, ground.source.value, ground.key)


def _asked(request: HttpRequest) -> Place:
    group, source, key = (request.POST.get(name, "") for name in ("group", "source", "key"))
    return (int(group) if group.isascii() and group.isdigit() and len(group) < 19 else 0, source, key)  # noqa: PLR2004 digits of an id


def _card(row: Credential) -> dict[str, Any]:
    badges = {
        CredentialState.ASKED: {"state": "judging", "label": _("being made")},
        CredentialState.ISSUED: {"state": "published", "label": _("valid")},
        CredentialState.REVOKED: {"state": "alert", "label": _("taken back")},
    }
    return {"row": row, "badge": badges[CredentialState(row.state)], "own": row.person_id is not None, "held": row.state in HELD}


def _offer(ground: Ground, rows: list[Credential], bound: tuple[Place, NameForm] | None, name: str) -> dict[str, Any]:
    """What may still be asked for: one for the team, one for oneself."""
    have = [one for one in rows if one.state in HELD and (one.group_id, one.source, one.key) == _place(ground)]
    place = _place(ground)
    blank = NameForm(initial={"name": name}, auto_id=f"id_{ground.group.pk}_{ground.key}_%s")
    return {
        "ground": ground,
        "badge": ground.source is SourceKind.BADGE,
        "team": ground.person is None and not any(one.person_id is None for one in have),
        "own": not any(one.person_id is not None for one in have),
        "form": bound[1] if bound is not None and bound[0] == place else blank,
        "open": bound is not None and bound[0] == place,
    }


@signed_in
@require_POST
def give_up(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take one's own back, to have another name on it or none."""
    row = seen(request, "credential.give_up", Credential.objects.select_related("cycle"), public_id=public_id)
    attempt(request, lambda: actions.give_up(row, by=request.user), _("Taken back. You may ask for another one."))
    return redirect("my-credentials")
