"""Every kind of page, for everybody who has one: nothing that axe finds wrong, light and dark, on a phone and on a desk."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.e2e.crawl import walk
from tests.e2e.people import Stack, Visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(900)]

STARTS = {
    None: ("/", "/cycles/", "/series/", "/cycles/{old}/", "/cycles/icpc-wf47/", "/style/", "/sign-in/"),
    "olga": ("/desk/", "/launch/", "/cycles/{new}/desk/", "/cycles/{old}/desk/", "/cycles/{night}/ceremony/", "/me/"),
    "judith": ("/desk/", "/desk/sheets/", "/me/"),
    "ada": ("/desk/", "/cycles/{new}/", "/cycles/{old}/", "/me/"),
    "sam": ("/cycles/{old}/sponsor/",),
}
LOOKS = ((1280, "light"), (1280, "dark"), (360, "light"), (360, "dark"))
SEEN: set[str] = set()
"""Kinds of pages looked at in every look already, by somebody: whoever comes next sees them in the narrowest alone."""


@pytest.mark.parametrize("who", STARTS)
def test_axe_finds_nothing_and_nothing_sticks_out(visit: Visit, stack: Stack, who: str | None) -> None:
    page = visit(f"{who}@example.org" if who else None, reduced_motion="reduce")  # nothing is looked at half faded in
    old, new = stack.cycles("clean-water")[:2]
    keys = {"old": old, "new": new, "night": stack.cycles("night-of-code")[0]}
    axe, wrong = Axe(), list[str]()
    for kind, path in walk(page, tuple(one.format(**keys) for one in STARTS[who]), limit=2 if who == "sam" else 200):
        for width, scheme in LOOKS[-1:] if kind in SEEN else LOOKS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                wrong.append(f"{path} ({kind}) is {wide} px wide on {width}")
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the two
            wrong += [f"{path} ({kind}) {width} {scheme}: {one}" for one in told(axe.run(page).response)]
        SEEN.add(kind)
    assert wrong == [], "\n".join(wrong)


def told(found: dict[str, Any]) -> list[str]:
    """What axe found, each with the first element."""
    return [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}" for one in found["violations"]]
