"""Between the API and the permission table: views say names, this file asks `games.permissions`.

A view declares
    seen_as = "cycle.view"                                    which rows exist for the person who asks; others are absent (404)
    permissions = {"create": "cycle.launch", "pause": "cycle.organize"}     what each action takes besides being seen
Reading actions (list, retrieve) need no entry beyond `seen_as`. An action without a word about it is refused: forgetting closes.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest
from rest_framework.exceptions import NotAuthenticated
from rest_framework.filters import BaseFilterBackend
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.accounts.models import ApiToken
from games.permissions import PERMISSIONS, Access, access_for, allows, visible

if TYPE_CHECKING:  # the framework loads this file while it loads its views
    from rest_framework.views import APIView

READS: Final = frozenset({"list", "retrieve", "metadata"})
ANYBODY: Final = "anybody"
_KEPT: Final = "access"


def access_of(request: HttpRequest | Request) -> Access:
    """The facts about who asks, loaded once per request; pages and API share them as `request.access`."""
    inner: HttpRequest = request._request if isinstance(request, Request) else request
    kept: Access | None = getattr(inner, _KEPT, None)
    if kept is None:
        token = request.auth if isinstance(request, Request) else None
        user: Any = request.user
        kept = access_for(user, token=token if isinstance(token, ApiToken) else None, held=getattr(user, "held", None))
        setattr(inner, _KEPT, kept)
    return kept


def wanted(view: "APIView") -> str | None:
    """The permission that this action of the view takes; None when the view says nothing about it."""
    declared: Mapping[str, str] = getattr(view, "permissions", {})
    action: str = getattr(view, "action", None) or (view.request.method or "").lower()
    if action in declared:
        return declared[action]
    return getattr(view, "seen_as", None) if action in READS else None


class Permitted(BasePermission):
    """The default permission class: deny what is not declared, ask the table for the rest."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Whether the person as such may; permissions about objects wait for the object."""
        if view.request.method == "OPTIONS":
            return True
        name = wanted(view)
        if name is None:
            return False
        access = access_of(request)
        if name == ANYBODY or PERMISSIONS[name].model is not None:
            return True
        return allows(access, name) or self._refused(access)

    def has_object_permission(self, request: Request, view: "APIView", obj: Any) -> bool:
        """Whether the person may do this to an object that it sees already."""
        name = wanted(view)
        if name is None or name == ANYBODY or PERMISSIONS[name].model is not type(obj) or name == getattr(view, "seen_as", None):
            return name is not None
        access = access_of(request)
        return allows(access, name, obj) or self._refused(access)

    def _refused(self, access: Access) -> bool:
        if access.user_id is None:
            raise NotAuthenticated
        return False


class VisibleRows(BaseFilterBackend):
    """The first filter of every list and every look-up: rows that the person may not see do not exist."""

    def filter_queryset[M: Model, R](self, request: Request, queryset: QuerySet[M, R], view: "APIView") -> QuerySet[M, R]:
        """Fails closed: a view without `seen_as` has no rows, unless the action is for anybody."""
        name: str | None = getattr(view, "seen_as", None)
        if name is None:
            return queryset if wanted(view) == ANYBODY else queryset.none()
        return cast("QuerySet[M, R]", visible(access_of(request), name, cast("QuerySet[M]", queryset)))
