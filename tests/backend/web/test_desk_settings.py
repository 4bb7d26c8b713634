"""Settings in pages: looks, logo, boards on other sites, what is kept, export, verify, clone; and what other sites are given."""

import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.playbooks.schema import Accent
from games.progression.models import Draft
from leaderboards.models import Board
from tests.backend.web.test_desk_publishing import Scene, words
from tests.cast import Cast
from tests.factories.groups import MembershipFactory
from tests.factories.results import judge_final
from tests.factories.submissions import without_designs
from worker import desk as work
from worker.steps import settle_now

pytestmark = pytest.mark.django_db
PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + bytes(64)
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(64)
WEBP = b"RIFF\x40\x00\x00\x00WEBPVP8 " + bytes(64)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
CSS = Path(__file__).parents[3] / "backend" / "static" / "css"


@pytest.fixture
def scene() -> Scene:
    return Scene()


@pytest.fixture(autouse=True)
def _empty_storage() -> None:
    """Files of other tests are not ours: the storage outlives a test."""
    for folder in ("logos", "uploads", "exports"):
        if default_storage.exists(folder):
            for name in default_storage.listdir(folder)[1]:
                default_storage.delete(f"{folder}/{name}")


def cycle_of(scene: Scene) -> Cycle:
    return Cycle.objects.get(pk=scene.played.cycle.pk)


# --- Looks ----------------------------------------------------------------------------------------------------------------------------


def test_the_look_is_an_amendment_with_a_reason_and_stands_on_every_page_of_the_cycle(scene: Scene) -> None:
    path = f"{scene.desk}settings/looks/"
    refused = scene.client.post(path, {"accent": "plum", "motto": "Clear as water", "reason": ""})
    assert refused.status_code == 422
    assert 'value="Clear as water"' in words(refused)
    assert scene.client.post(path, {"accent": "neon", "motto": "", "reason": "x"}).status_code == 422
    assert scene.client.post(path, {"accent": "plum", "motto": "Clear as water", "reason": "Our colours."}).status_code == 302
    cycle = cycle_of(scene)
    assert (design_of(cycle).brand.accent, design_of(cycle).brand.motto) == (Accent.PLUM, "Clear as water")
    assert Decision.objects.get(kind="amend").reason == "Our colours."
    group = Group.objects.filter(cycle=cycle).earliest("pk").key
    own = ("rounds/call/", "rounds/call/concept/", f"groups/{group}/")
    for page in ("", "rules/", "groups/", "decisions/", "boards/result/", *own):
        text = words(scene.client.get(f"/cycles/{cycle.key}/{page}"))
        assert 'data-accent="plum"' in text, page
        assert "Clear as water" in text


def test_partners_are_written_line_by_line_and_stand_on_the_page_of_the_cycle(scene: Scene) -> None:
    path = f"{scene.desk}settings/looks/"
    given = {"accent": "plum", "motto": "", "reason": "They pay."}
    lines = "River Trust | Sponsor | https://example.org/river\nThe <Gazette> | Media partner\n\nMill | https://example.org/mill"
    assert scene.client.post(path, given | {"partners": lines}).status_code == 302
    text = words(scene.client.get(f"/cycles/{scene.played.cycle.key}/"))
    assert '<a href="https://example.org/river" rel="noopener nofollow">River Trust</a>' in text
    assert "The &lt;Gazette&gt;" in text
    assert "Media partner" in text
    shown = words(scene.client.get(f"{scene.desk}settings/"))
    assert "River Trust | Sponsor | https://example.org/river" in shown
    for bad in ("| Sponsor", "Bad | Sponsor | https://exa mple.org", "x" * 200):
        refused = scene.client.post(path, given | {"partners": bad})
        assert refused.status_code == 422, bad
        assert "This line cannot be read" in words(refused)
    assert len(design_of(cycle_of(scene)).brand.partners) == 3


def test_the_look_of_the_house_adds_nothing(scene: Scene) -> None:
    assert "brand-line" not in words(scene.client.get(f"/cycles/{scene.played.cycle.key}/"))


def test_a_closed_cycle_keeps_its_look_and_its_rule(scene: Scene) -> None:
    Cycle.objects.filter(pk=scene.played.cycle.pk).update(state="closed")
    for path in ("settings/looks/", "settings/kept/change/"):
        answer = scene.client.post(f"{scene.desk}{path}", {"accent": "plum", "files_days": "1", "reason": "Late."})
        assert answer.status_code == 422
        assert "stay as they are" in words(answer)
    assert cycle_of(scene).design_number == 1


def contrast(one: str, other: str) -> float:
    """WCAG 2 contrast of two #rrggbb colours."""

    def luminance(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def tokens(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("accent", [one.value for one in Accent if one is not Accent.INK])
def test_every_accent_can_be_read_in_light_and_dark(accent: str, theme: str) -> None:
    house, brand = (CSS / "tokens.css").read_text(), (CSS / "brand.css").read_text()
    base = tokens(
        house.partition(":root {")[2].partition("}")[0]
        if theme == "light"
        else house.partition('[data-theme="dark"] {')[2].partition("}")[0]
    )
    found = [
        tokens(rule)
        for selector, rule in re.findall(r"^\s*(:root[^{]*)\{([^}]*)\}", brand, re.MULTILINE)
        if f'"{accent}"' in selector and ("dark" in selector or 'not([data-theme="light"])' in selector) == (theme == "dark")
    ]
    assert len(found) == (1 if theme == "light" else 2)
    for colours in found:
        for ground in (base["paper"], base["sheet"], base["sunken"], colours["accent-wash"]):
            assert contrast(colours["accent"], ground) >= 4.5
        assert contrast(base["on-accent"], colours["accent"]) >= 4.5
        assert contrast(base["ink"], colours["accent-wash"]) >= 4.5


# --- The logo -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "kind"), [(PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")], ids=["png", "jpeg", "webp"]
)
def test_a_logo_is_taken_by_what_it_is_and_served_with_care(scene: Scene, content: bytes, kind: str) -> None:
    scene.client.post(f"{scene.desk}settings/logo/", {"logo": SimpleUploadedFile("x.exe", content)})
    cycle = cycle_of(scene)
    answer = scene.client.get(f"/cycles/{cycle.key}/logo/")
    assert b"".join(answer.streaming_content) == content  # type: ignore[arg-type]
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == (kind, "nosniff")
    assert "sandbox" in answer["Content-Security-Policy"]
    assert f'src="/cycles/{cycle.key}/logo/?v=' in words(scene.client.get(f"/cycles/{cycle.key}/"))
    assert "x.exe" not in (cycle.logo.name or "")


def test_another_logo_replaces_the_first_and_removing_it_deletes_the_file(
    scene: Scene, django_capture_on_commit_callbacks: Any
) -> None:
    path = f"{scene.desk}settings/logo/"
    for content in (PNG, JPEG):
        with django_capture_on_commit_callbacks(execute=True):
            scene.client.post(path, {"logo": SimpleUploadedFile("logo", content)})
    assert len(default_storage.listdir("logos")[1]) == 1
    with django_capture_on_commit_callbacks(execute=True):
        scene.client.post(path, {"remove": "yes"})
    assert default_storage.listdir("logos")[1] == []
    assert scene.client.get(f"/cycles/{scene.played.cycle.key}/logo/").status_code == 404
    assert JournalEntry.objects.filter(kind="cycle.changed").count() == 3


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (SVG, "PNG, JPEG or WebP"),
        (b"", "PNG, JPEG or WebP"),
        (b"GIF89a" + bytes(64), "PNG, JPEG or WebP"),
        (PNG + bytes(600_000), "make it smaller"),
    ],
    ids=["svg", "empty", "gif", "large"],
)
def test_anything_else_is_refused(scene: Scene, content: bytes, says: str) -> None:
    answer = scene.client.post(f"{scene.desk}settings/logo/", {"logo": SimpleUploadedFile("logo.png", content)}, follow=True)
    assert says in words(answer) or "Choose a picture first" in words(answer)
    assert not cycle_of(scene).logo


def test_the_logo_of_a_cycle_that_is_not_public_is_for_its_members(scene: Scene, cast: Cast) -> None:
    scene.client.post(f"{scene.desk}settings/logo/", {"logo": SimpleUploadedFile("logo.png", PNG)})
    path = f"/cycles/{scene.played.cycle.key}/logo/"
    assert cast.visitor.client.get(path).status_code == 200
    Cycle.objects.filter(pk=scene.played.cycle.pk).update(public=False)
    assert [someone.client.get(path).status_code for someone in (scene.org, cast.eve, cast.visitor)] == [200, 404, 404]


# --- On other sites -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def embedded(scene: Scene) -> Scene:
    settle_now(scene.played.rounds["call"], by=None)
    scene.client.post(f"{scene.desk}settings/embedding/", {"on": "yes"})
    return scene


def framed(scene: Scene, board: str = "call") -> str:
    return f"/embed/cycles/{scene.played.cycle.key}/boards/{board}/"


def test_only_an_embedded_board_may_be_framed(embedded: Scene, cast: Cast) -> None:
    client = cast.visitor.client
    answer = client.get(framed(embedded))
    assert answer.status_code == 200
    assert "frame-ancestors *" in answer["Content-Security-Policy"]
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies
    others = [
        f"/cycles/{embedded.played.cycle.key}/boards/call/",
        f"/cycles/{embedded.played.cycle.key}/",
        "/",
        framed(embedded, "nowhere"),
        f"{framed(embedded)}rows/",
    ]
    for path in others:
        other = client.get(path)
        assert "frame-ancestors 'none'" in other["Content-Security-Policy"], path
        assert other["X-Frame-Options"] == "DENY"
    settings_page = embedded.client.get(f"{embedded.desk}settings/")
    assert "frame-src 'self'" in settings_page["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in settings_page["Content-Security-Policy"]


def test_the_frame_holds_the_board_alone_with_a_way_back_and_polls(embedded: Scene, cast: Cast) -> None:
    text = words(cast.visitor.client.get(f"{framed(embedded)}?rows=2&theme=dark"))
    assert 'data-theme="dark"' in text
    assert text.count('data-group="') == 2
    assert "All 6 on the whole board" in text
    assert f'href="/cycles/{embedded.played.cycle.key}/boards/call/"' in text
    assert f'data-url="{framed(embedded)}rows/?rows=2' in text
    assert "data-socket" not in text
    assert "site-header" not in text
    rows = cast.visitor.client.get(f"{framed(embedded)}rows/?rows=2")
    assert [row["group"] for row in rows.json()["rows"]] == ["aqua", "brook"]
    again = cast.visitor.client.get(f"{framed(embedded)}rows/?rows=2", headers={"If-None-Match": rows["ETag"]})
    assert again.status_code == 304
    for strange in ("rows=0", "rows=x", "rows=99999999999", "theme=neon", "bracket=%00", "bracket=nowhere"):
        assert cast.visitor.client.get(f"{framed(embedded)}?{strange}").status_code == 200, strange


def test_an_organizer_sees_in_the_frame_what_everybody_sees(embedded: Scene) -> None:
    judge_final(embedded.played)
    mine, theirs = embedded.client.get(framed(embedded, "result")), embedded.client.get(f"{framed(embedded, 'result')}rows/")
    assert "organizers" not in words(mine)
    assert all(row["values"].get("final") is None for row in theirs.json()["rows"])


def test_what_may_not_be_framed_does_not_exist(embedded: Scene, cast: Cast) -> None:
    client, cycle = cast.visitor.client, Cycle.objects.filter(pk=embedded.played.cycle.pk)
    for change, back in (
        ({"embeddable": False}, {"embeddable": True}),
        ({"public": False}, {"public": True}),
        ({"rehearsal": True}, {"rehearsal": False}),
        ({"state": "draft"}, {"state": "running"}),
    ):
        cycle.update(**change)
        for path in (framed(embedded), f"{framed(embedded)}rows/"):
            assert client.get(path).status_code == 404, change
            assert embedded.client.get(path).status_code == 404, change
        cycle.update(**back)
    Board.objects.filter(scope=embedded.played.cycle.pk, key="call").update(audience="judges")
    assert client.get(framed(embedded)).status_code == 404
    assert embedded.client.get(framed(embedded)).status_code == 404


def test_the_desk_offers_the_snippet_and_shows_it(embedded: Scene) -> None:
    text = words(embedded.client.get(f"{embedded.desk}settings/?board=call"))
    assert "&lt;iframe src=&quot;http" in text
    assert f'<iframe class="embed-preview" src="{framed(embedded)}"' in text
    embedded.client.post(f"{embedded.desk}settings/embedding/", {"on": "no"})
    assert "iframe" not in words(embedded.client.get(f"{embedded.desk}settings/"))


# --- What is kept ---------------------------------------------------------------------------------------------------------------------


def test_the_retention_rule_is_written_in_days_and_read_in_words_by_everybody(scene: Scene, cast: Cast) -> None:
    path = f"{scene.desk}settings/kept/"
    assert "What was written and never handed in: kept." in words(scene.client.get(path))
    refused = scene.client.post(f"{path}change/", {"files_days": "0", "reason": "Privacy."})
    assert refused.status_code == 422
    assert (
        scene.client.post(f"{path}change/", {"files_days": "365", "contacts_days": "1", "reason": "Privacy."}).status_code == 302
    )
    assert design_of(cycle_of(scene)).retention.parts == {"contacts": 1, "files": 365}
    text = words(cast.visitor.client.get(f"/cycles/{scene.played.cycle.key}/rules/"))
    assert "Uploaded files; their names, sizes and digests stay: deleted 365 days after the cycle has closed." in text
    assert "deleted 1 day after" in text
    assert "are always kept, so that everything can be verified" in text
    listed = words(scene.client.get(path))
    assert "365 days after the cycle has closed" in listed
    assert "nothing there now" in listed
    assert scene.client.post(f"{path}change/", {"reason": "Keep all."}).status_code == 302
    assert design_of(cycle_of(scene)).retention.parts == {}


# --- Export, verify, clone ------------------------------------------------------------------------------------------------------------


def test_an_export_is_a_zip_for_those_it_is_meant_for(scene: Scene) -> None:
    settle_now(scene.played.rounds["call"], by=None)
    for audience in ("public", "judges", "organizers"):
        answer = scene.client.post(f"{scene.desk}settings/out/export/", {"for": audience})
        assert answer["Content-Disposition"] == f'attachment; filename="{scene.played.cycle.key}-{audience}.zip"'
        assert answer["X-Content-Type-Options"] == "nosniff"
        names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()  # type: ignore[arg-type]
        assert {"cycle.toml", "groups.csv", "snapshots.json"} <= set(names)
    assert scene.client.post(f"{scene.desk}settings/out/export/", {"for": "everybody"}).status_code == 404


def test_a_large_export_is_made_ready_by_a_worker(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "BIG", 0)
    told: list[str] = []
    monkeypatch.setattr(work, "publish", lambda _task, key: told.append(key) or True)
    asked = scene.client.post(f"{scene.desk}settings/out/export/", {"for": "public"})
    assert "The files are being written" in words(scene.client.get(asked.url))
    file = f"{scene.desk}settings/out/{told[0]}/"
    assert scene.client.get(file).status_code == 404
    work.carry_out(told[0])
    assert f'href="{file}"' in words(scene.client.get(asked.url))
    assert scene.client.get(file).status_code == 200


def test_verifying_says_what_was_proved_and_names_what_differs(scene: Scene) -> None:
    out = f"{scene.desk}settings/out/"
    first = scene.client.post(f"{out}verify/", {"for": "organizers"})
    assert "Nothing was published yet" in words(scene.client.get(first.url))
    settle_now(scene.played.rounds["call"], by=None)
    for audience in ("public", "organizers"):
        answer = scene.client.post(f"{out}verify/", {"for": audience}, follow=True)
        assert "Everything holds" in words(answer)
        assert "digests of published states follow" in words(answer)
    scene.played.sheet("concept", "cloud", "jury", 6, {"impact": 5, "novelty": 5, "feasibility": 5})
    differs = words(scene.client.post(f"{out}verify/", {"for": "organizers"}, follow=True))
    assert "Something differs" in differs
    assert "group cloud" in differs


def test_cloning_begins_a_draft_for_those_who_may_launch(scene: Scene) -> None:
    path = f"{scene.desk}settings/out/clone/"
    assert scene.client.post(path, {"what": "rules"}).status_code == 404
    assert "Begin the draft" not in words(scene.client.get(f"{scene.desk}settings/out/"))
    scene.org.user.may_launch = True
    scene.org.user.save()
    assert "Begin the draft" in words(scene.client.get(f"{scene.desk}settings/out/"))
    assert scene.client.post(path, {"what": "rules", "start": "nonsense"}).status_code == 422
    assert scene.client.post(path, {"what": "rules", "start": "2031-03-01T09:00"}).status_code == 302
    assert scene.client.post(path, {"what": "next", "start": "2032-03-01T09:00"}).status_code == 302
    copy, following = Cycle.objects.filter(state="draft").order_by("pk")
    assert (copy.key, copy.predecessor, following.predecessor) == (f"{scene.played.cycle.key}-copy", None, scene.played.cycle)
    assert Draft.objects.count() == 2


# --- Nobody else, and few statements --------------------------------------------------------------------------------------------------


def test_outsiders_find_nothing_and_change_nothing(scene: Scene, cast: Cast) -> None:
    MembershipFactory(group=None, cycle=scene.played.cycle, person=cast.judith.person, role="judge", capabilities=["judge"])
    job = work.ask("export", scene.played.cycle, "organizers", here=True)
    reads = ["settings/", "settings/kept/", "settings/out/", f"settings/out/?job={job.key}", f"settings/out/{job.key}/"]
    writes = [
        "settings/looks/",
        "settings/logo/",
        "settings/embedding/",
        "settings/kept/change/",
        "settings/out/export/",
        "settings/out/verify/",
        "settings/out/clone/",
    ]
    for someone in (cast.ada, cast.judith, cast.eve, cast.org):
        for path in reads:
            assert someone.client.get(scene.desk + path).status_code == 404, path
        for path in writes:
            assert someone.client.post(scene.desk + path, {"on": "yes", "for": "organizers", "reason": "x"}).status_code == 404, (
                path
            )
    for path in reads:
        assert cast.visitor.client.get(scene.desk + path).status_code == 302
    assert cast.org.client.get(f"/cycles/water/desk/settings/out/{job.key}/").status_code == 404
    assert (cycle_of(scene).embeddable, cycle_of(scene).design_number) == (False, 1)


def test_pages_ask_as_much_for_many_groups_as_for_few(embedded: Scene, cast: Cast) -> None:
    embedded.client.post(
        f"{embedded.desk}settings/kept/change/", {"drafts_days": "1", "files_days": "2", "notes_days": "3", "reason": "Less."}
    )

    def counts() -> list[int]:
        found = []
        for path in (
            f"{embedded.desk}settings/",
            f"{embedded.desk}settings/kept/",
            f"{embedded.desk}settings/out/",
            framed(embedded),
            f"{framed(embedded)}rows/",
        ):
            client = embedded.client if "desk" in path else cast.visitor.client
            client.get(path)
            with CaptureQueriesContext(connection) as sent:
                assert client.get(path).status_code == 200
            found.append(len(without_designs(sent)))
        return found

    def more(groups: range) -> list[int]:
        for number in groups:
            group = embedded.played.cycle.groups.create(key=f"g{number}", name=f"Group {number}")
            embedded.played.groups[group.key] = group
            embedded.played.sheet("concept", group.key, "jury", 0, {"impact": 3})
        settle_now(embedded.played.rounds["call"], by=None, reason="More.")
        return counts()

    few = more(range(1))  # a second publication: from then on it shows who moved
    assert more(range(1, 31)) == few
    assert max(few) <= 12
