"""One's certificates and badges: what one's teams have, what one may have under one's own name, and giving it back."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django import forms
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from backend.accounts.pages.gate import attempt, me, refuse, seen, signed_in
from backend.api.permissions import access_of
from backend.web.paging import kept, page_of
from games.credentials import actions
from games.credentials.models import Credential
from games.credentials.queries import HELD, Ground, credentials_of, grounds_of
from games.credentials.rules import CredentialState, SourceKind
from games.credentials.rules.states import NAME_LONGEST
from games.errors import GameError
from games.permissions import Access

PAGE: Final = 24
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
    """What there is, and what one may ask for, each page by page; `q` searches both. A POST asks: for the team (`whom` is team), or for oneself
    with a name.
    """
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
    context = _context(request, access, grounds, bound)
    return render(request, "credentials/mine.html", context, status=422 if bound else 200)


def _context(
    request: HttpRequest, access: Access, grounds: Mapping[Place, Ground], bound: tuple[Place, NameForm] | None
) -> dict[str, Any]:
    """Both lists. What is asked for with a fault opens the page on which it stands."""
    query = request.GET.get("q", "").replace("\0", "").strip()
    rows = credentials_of(access.groups_with(), sorted(access.persons))
    counts = rows.aggregate(all=Count("pk"), waiting=Count("pk", filter=Q(state=CredentialState.ASKED.value)))
    held = rows.filter(state__in=HELD).order_by().values_list("group_id", "source", "key", "person_id")
    have: dict[Place, set[bool]] = {}
    for group, source, key, person in held:
        have.setdefault((group, source, key), set()).add(person is not None)
    words = (
        Q(title__icontains=query) | Q(name__icontains=query) | Q(group__name__icontains=query) | Q(cycle__name__icontains=query)
    )
    page = page_of(request, rows.filter(words), PAGE)
    open_ = [one for one in grounds.values() if any(_left(one, have).values()) and _fits(one, query)]
    places = [_place(one) for one in open_]
    holding = places.index(bound[0]) if bound is not None and bound[0] in places else None
    own = page_of(request, open_, PAGE, name="own", holding=holding)
    return {
        "page": page,
        "rows": [_card(one) for one in page],
        "own": own,
        "grounds": [_offer(one, _left(one, have), bound, me(request).name) for one in own],
        "waiting": counts["waiting"],
        "query": query,
        "many": counts["all"] > PAGE or len(grounds) > PAGE,
        "page_kept": kept(request),
        "own_kept": kept(request, "own"),
    }


def _left(ground: Ground, have: Mapping[Place, set[bool]]) -> dict[str, bool]:
    """What may still be asked for: one for the team, one for oneself. `have`: False where the team has one, True where one has one's own."""
    there = have.get(_place(ground), set())
    return {"team": ground.person is None and False not in there, "own": True not in there}


def _fits(ground: Ground, query: str) -> bool:
    return any(query.casefold() in one.casefold() for one in (ground.title, ground.group.name, ground.cycle.name))


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


def _offer(ground: Ground, left: dict[str, bool], bound: tuple[Place, NameForm] | None, name: str) -> dict[str, Any]:
    """What may still be asked for, with the form."""
    place = _place(ground)
    blank = NameForm(initial={"name": name}, auto_id=f"id_{ground.group.pk}_{ground.key}_%s")
    return {
        "ground": ground,
        "badge": ground.source is SourceKind.BADGE,
        **left,
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
