"""Addresses of the API are found by their shape, and it is the same that would be found one after the other."""

import pytest
from django.urls import Resolver404, path, resolve
from django.urls.resolvers import RoutePattern, URLResolver

from backend.api.mounting import Addresses
from backend.api.v1 import views

BELOW = "/api/v1/"


def test_every_address_leads_where_it_would_lead_one_after_the_other() -> None:
    routes = views.url_patterns
    plainly = URLResolver(RoutePattern("", is_endpoint=False), list(routes))
    words = {part for one in routes for part in str(one.pattern).split("/") if "<" not in part}
    tried = {
        "/".join(other if "<" in part else part for part in str(one.pattern).split("/"))
        for one in routes
        for other in ("7", "a-key", *sorted(words)[::25])
    }
    assert len(tried) > 1000
    for address in tried:
        try:
            found = plainly.resolve(address)
        except Resolver404:
            with pytest.raises(Resolver404):
                resolve(BELOW + address)
        else:
            ours = resolve(BELOW + address)
            assert (ours.func, ours.kwargs, ours.view_name) == (found.func, found.kwargs, found.view_name)
            assert ours.route == BELOW[1:] + found.route


@pytest.mark.parametrize("address", ["", "nothing", "cycles/", "/cycles", "submissions/5/nothing", "submissions/<str:pk>/x", "<"])
def test_what_is_no_address_is_nowhere(address: str) -> None:
    with pytest.raises(Resolver404):
        resolve(BELOW + address)


@pytest.mark.parametrize("address", ["<str:word>/more", "files/<path:name>"])
def test_an_address_whose_shape_says_nothing_is_a_mistake(address: str) -> None:
    with pytest.raises(ValueError, match="<"):
        Addresses([path(address, resolve)])
