"""``./run screenshots``: pictures of the main places, taken from a fresh demo, for the README and docs."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from backend.cli.chromium import MISSING, QUIET, chromium
from backend.cli.demo_aside import demo_aside
from backend.cli.setup import ROOT

if TYPE_CHECKING:  # Playwright is a tool of developers: the command must be listed without it
    from playwright.sync_api import Browser, Page

FOLDER = ROOT / "docs" / "images"
DESK, PHONE = (1280, 800), (390, 780)


class Shot(NamedTuple):
    """One picture: file, who looks, the page (`{year}` is this year), the window, light or dark, keys pressed before."""

    file: str
    who: str
    path: str
    size: tuple[int, int] = DESK
    scheme: str = "light"
    keys: tuple[str, ...] = ()


SHOTS = (
    Shot("home", "", "/"),
    Shot("board", "", "/cycles/clean-water-{last}/boards/result/"),
    Shot("board-dark", "", "/cycles/icpc-wf47/boards/standings/", scheme="dark"),
    Shot("workspace", "ada", "/cycles/clean-water-{year}/teams/spring-keepers/"),
    Shot("judging", "judith", "/desk/sheets/"),
    Shot("judging-phone", "judith", "/desk/sheets/", PHONE),
    Shot("desk", "olga", "/cycles/clean-water-{year}/desk/"),
    Shot("launch", "olga", "/launch/"),
    Shot("ceremony", "olga", "/cycles/night-of-code-{year}/ceremony/", scheme="dark", keys=("ArrowRight",) * 9),
)


@click.command()
@click.option("--only", multiple=True, help="Take only this picture; may be repeated.")
def screenshots(*, only: tuple[str, ...]) -> None:
    """Take the pictures of the main places from a fresh demo. Needs Chromium."""
    if not chromium():
        raise click.ClickException(MISSING)
    unknown = set(only) - {one.file for one in SHOTS}
    if unknown:
        raise click.BadParameter(
            f"There is no picture {', '.join(sorted(unknown))}. There are: {', '.join(s.file for s in SHOTS)}"
        )
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, demo_aside(Path(folder)) as address:
        _take([one for one in SHOTS if not only or one.file in only], address)


def _take(shots: list[Shot], address: str) -> None:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 -- a tool of developers only

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(QUIET))
        for shot in shots:
            _one(browser, shot, address)
            click.echo(f"docs/images/{shot.file}.png")
        browser.close()


def _one(browser: "Browser", shot: Shot, address: str) -> None:
    width, height = shot.size
    context = browser.new_context(
        base_url=address,
        viewport={"width": width, "height": height},
        color_scheme="dark" if shot.scheme == "dark" else "light",
        timezone_id="Europe/Lisbon",
        reduced_motion="reduce",
    )
    page = context.new_page()
    if shot.who:
        _sign_in(page, shot.who)
    page.goto(_address(page, shot.path))
    page.wait_for_load_state("networkidle")
    for key in shot.keys:
        page.keyboard.press(key)
    page.wait_for_timeout(400)
    page.screenshot(path=FOLDER / f"{shot.file}.png")
    context.close()


def _sign_in(page: "Page", who: str) -> None:
    from backend.cli.demo_data.people import PASSWORD  # noqa: PLC0415 -- only here

    page.goto("/sign-in/")
    page.fill("input[name=email]", f"{who}@example.org")
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()


def _address(page: "Page", path: str) -> str:
    """The demo plays around today: the year of a cycle is found on the page that lists them."""
    if "{" not in path:
        return path
    page.goto("/cycles/")
    stem = path.split("/")[2].partition("{")[0]
    found = page.eval_on_selector_all("a[href^='/cycles/']", "all => all.map(one => one.getAttribute('href').split('/')[2])")
    years = sorted({int(key.removeprefix(stem)) for key in found if key.startswith(stem) and key.removeprefix(stem).isdigit()})
    return path.replace("{year}", str(years[-1])).replace("{last}", str(years[0]))
