"""Every kind of page, for everybody who has one: nothing that axe finds wrong, light and dark, on a phone and on a desk.

What depends on the width is looked at in both widths, what depends on colours in light and dark besides. Of a long list of rows that are all
of a kind the first dozen and the last three are looked at.
"""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from tests.e2e.crawl import steadily, walk
from tests.e2e.people import Stack, Visit

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.any_database,
]

STARTS = {
    None: ("/", "/cycles/", "/series/", "/cycles/{old}/", "/cycles/icpc-wf47/", "/style/", "/sign-in/"),
    "olga": ("/desk/", "/launch/", "/cycles/{new}/desk/", "/cycles/{old}/desk/", "/cycles/{night}/ceremony/", "/me/"),
    "judith": ("/desk/", "/desk/sheets/", "/desk/hall/", "/me/"),
    "ada": (
        *("/desk/", "/cycles/{new}/", "/cycles/{old}/", "/me/"),
        *("/cycles/{new}/rounds/call/concept/", "/cycles/{season}/teams/ward-seven/tests/"),
    ),
    "sam": ("/cycles/{old}/sponsor/",),
}
CYCLE = "board board-history board-projector challenge cycle cycles decisions entries group groups ideas round rules snapshot"
KNOWN = f"{CYCLE} home search series series-list style desk join my-page my-tokens notices"
MET = {
    None: f"{CYCLE} ask-link forgotten home search series series-list sign-in sign-up style",
    "olga": (
        f"{KNOWN} ceremony cycle-desk cycle-people desk-announcements desk-appeals desk-awards desk-calibrations desk-changes "
        "desk-changes-rules desk-conflicts desk-decisions desk-doubts desk-enough desk-feedback desk-flags desk-hall desk-hall-round "
        "desk-invite desk-judging desk-keeping desk-matrix desk-measuring desk-panel desk-pitches desk-place desk-publish "
        "desk-publish-round desk-registrations desk-retention desk-rounds desk-rules desk-settings desk-votes idea-new launch round-desk"
    ),
    "judith": f"{KNOWN} flagged-sheets from-teams hall judge-report my-panels past-sheets queue sheet",
    "ada": f"{KNOWN} compare entry idea-new receipt team team-feedback team-judges team-people team-points team-standing team-test team-tests",
    "sam": "home sponsor-desk",
}
"""Kinds of pages that each of them must meet, by the names of their routes: a walk that ends early finds nothing wrong either."""
ALL: dict[str, Any] = {"resultTypes": ["violations"]}
COLOURS: dict[str, Any] = ALL | {"runOnly": ["color-contrast", "link-in-text-block"]}
LOOKS = ((1280, "light", ALL), (1280, "dark", COLOURS), (360, "light", ALL), (360, "dark", COLOURS))
LEAST = ((360, "dark", ALL),)
MANY = ":nth-child(n+13):not(:nth-last-child(-n+3))"
ALIKE = {"exclude": [[f"{rows}{MANY}"] for rows in ("tbody > tr", "ol > li", "ul > li")]}


@pytest.fixture(scope="session")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a file for each kind of page that somebody looks at in every look: whoever comes next, in any process of the run,
    sees it in the narrowest alone."""
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "seen"
    folder.mkdir(exist_ok=True)
    return folder


def is_first(seen: Path, kind: str) -> bool:
    try:
        (seen / kind).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


@pytest.mark.parametrize("who", STARTS)
def test_axe_finds_nothing_and_nothing_sticks_out(visit: Visit, stack: Stack, seen: Path, who: str | None) -> None:
    page = visit(f"{who}@example.org" if who else None, reduced_motion="reduce")  # nothing is looked at half faded in
    old, new = stack.cycles("clean-water")[:2]
    keys = {"old": old, "new": new, "night": stack.cycles("night-of-code")[0]}
    keys["season"] = stack.cycles("small-improvements")[-1]
    wrong, met = list[str](), set[str]()
    for kind, path in walk(page, tuple(one.format(**keys) for one in STARTS[who]), limit=2 if who == "sam" else 200):
        looks = LOOKS if is_first(seen, kind) else LEAST
        told = [one for look in looks for one in steadily(page, partial(found_on, page, *look))]
        wrong += [f"{path} ({kind}): {one}" for one in told]
        met.add(kind)
    assert sorted(set(MET[who].split()) - met) == [], "never met"
    assert wrong == [], "\n".join(wrong)


def found_on(page: Page, width: int, scheme: Any, rules: dict[str, Any]) -> list[str]:
    """What sticks out, and what axe finds, each with the first element, in one look at the page."""
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    page.evaluate(f"() => {{ if (!window.axe) {{ {AXE_SCRIPT} }} }}")
    wide = page.evaluate("document.documentElement.scrollWidth")
    asked = f"axe.run({json.dumps(ALIKE)}, {json.dumps(rules)}).then((told) => told.violations)"
    found = [f"{one['id']}: {one['help']}: {one['nodes'][0]['html'][:160]}" for one in page.evaluate(asked)]
    return [f"{width} {scheme}: {one}" for one in ([f"{wide} px wide"] if wide > width else []) + found]
