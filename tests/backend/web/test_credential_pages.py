"""Certificates and badges in pages: a stranger verifies, people find theirs, organizers take one back."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from games.credentials import actions
from games.credentials.models import Certificate, Credential
from games.recognition.models import EarnedBadge
from tests.cast import Cast
from tests.factories.credentials import given, issued, own
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db


def main(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode()).partition("<main")[2]


def verdict(client: Client, **body: Any) -> str:
    found = re.search(r'class="verdict is-(\w+)"', main(client.post("/verify/", body)))
    return found[1] if found else ""


# --- Strangers ------------------------------------------------------------------------------------------------------------------------


def test_a_stranger_reads_what_was_won_and_that_it_is_valid(cast: Cast) -> None:
    row = issued(given(cast.red))
    page = cast.visitor.client.get(f"/verify/{row.public_id}/")
    text = main(page)
    for said in ("Red Herons", "Gold", "Clean water", "Valid", "ab" * 32, row.digest, "did:web:"):
        assert said in text
    assert 'data-verdict="valid"' in text
    assert "noindex" in page.content.decode()
    actions.revoke(row, by=cast.org.user, reason="The <b>entry</b> was copied.")
    text = main(cast.visitor.client.get(f"/verify/{row.public_id}/"))
    assert 'data-verdict="revoked"' in text
    assert "The &lt;b&gt;entry&lt;/b&gt; was copied." in text
    assert "Valid" not in text


def test_a_stranger_verifies_files_and_texts(cast: Cast) -> None:
    row = issued(given(cast.red))
    client = cast.visitor.client
    page = client.get(f"/verify/{row.public_id}/certificate.pdf")
    drawn = client.get(f"/verify/{row.public_id}/badge.svg")
    token = client.get(f"/verify/{row.public_id}/badge.jwt").content.decode()
    assert (page.headers["Content-Type"], page.content[:5]) == ("application/pdf", b"%PDF-")
    assert page.content == bytes(Certificate.objects.get().content)
    assert verdict(client, file=SimpleUploadedFile("mine.pdf", page.content)) == "good"
    assert verdict(client, file=SimpleUploadedFile("mine.svg", drawn.content)) == "good"
    assert verdict(client, text=f"  {token}\n") == "good"
    assert verdict(client, file=SimpleUploadedFile("mine.pdf", page.content + b" ")) == "bad"
    assert verdict(client, text=token[:-6] + "AAAAAA") == "bad"
    assert verdict(client, text="I won, believe me.") == "none"
    assert (
        client.post("/verify/", {"text": f"see https://x/verify/{row.public_id}/"}).headers["Location"]
        == f"/verify/{row.public_id}/"
    )
    assert "Choose a file" in main(client.post("/verify/", {}))
    large = SimpleUploadedFile("large.pdf", b"%PDF-" + b"x" * (5 * 1024 * 1024))
    assert client.post("/verify/", {"file": large}).status_code == 422


def test_what_programs_need_is_published_for_other_sites(cast: Cast) -> None:
    row = issued(given(cast.red))
    client = cast.visitor.client
    did = client.get("/.well-known/did.json")
    assert did.headers["Access-Control-Allow-Origin"] == "*"
    method = json.loads(did.content)["verificationMethod"][0]
    (key,) = json.loads(client.get("/.well-known/jwks.json").content)["keys"]
    assert method["publicKeyJwk"] == key
    assert "d" not in key, "the private half stays here"
    status = client.get(f"/credentials/status/{row.status_list}/")
    assert status.content.decode().count(".") == 2
    assert client.get("/credentials/status/7/").status_code == 404


def test_an_achievement_says_what_it_takes(cast: Cast) -> None:
    design = cast.cycle.designs.get()
    key = next(iter(one["key"] for one in design.data.get("awards", [])), None)
    answer = cast.visitor.client.get(f"/credentials/achievements/water/grant/{key}/")
    assert answer.status_code == (200 if key else 404)
    for path in ("water/grant/nothing", "water/nonsense/x", "nowhere/grant/x", "water/badge/x"):
        assert cast.visitor.client.get(f"/credentials/achievements/{path}/").status_code == 404


def test_nothing_is_found_by_guessing(cast: Cast) -> None:
    row = issued(given(cast.red))
    for path in ("", "certificate.pdf", "badge.jwt", "badge.svg"):
        assert cast.visitor.client.get(f"/verify/00000000-0000-4000-8000-000000000000/{path}").status_code == 404
    Credential.objects.update(state="asked", token="")
    for path in ("certificate.pdf", "badge.jwt", "badge.svg"):
        assert cast.visitor.client.get(f"/verify/{row.public_id}/{path}").status_code == 404
    assert "Being made" in main(cast.visitor.client.get(f"/verify/{row.public_id}/"))


def test_a_stranger_finds_no_way_into_a_cycle_that_is_not_public(cast: Cast) -> None:
    row = issued(given(cast.red))
    cast.cycle.public = False
    cast.cycle.save(update_fields=["public"])
    text = main(cast.visitor.client.get(f"/verify/{row.public_id}/"))
    assert "Clean water" in text, "its holder gave the address"
    assert "/cycles/water/" not in text
    assert cast.visitor.client.get("/credentials/achievements/water/grant/gold/").status_code == 404


# --- People ---------------------------------------------------------------------------------------------------------------------------


def test_people_find_theirs_ask_for_one_and_give_it_back(cast: Cast) -> None:
    issued(given(cast.red))
    client, page = cast.ada.client, "/me/credentials/"
    asked = {"group": cast.red.pk, "source": "grant", "key": "gold", "whom": "me"}
    assert "One of my own" in main(client.get(page))
    refused = client.post(page, {**asked, "name": " "})
    assert (refused.status_code, "field-errors" in main(refused) or "errorlist" in main(refused)) == (422, True)
    refused = client.post(page, {**asked, "name": "Ada\u202e"})
    assert "cannot be printed" in main(refused)
    assert client.post(page, {**asked, "name": "Augusta King"}).status_code == 302
    row = Credential.objects.get(person=cast.ada.person)
    text = main(client.get(page))
    assert "Augusta King" in text
    assert "being made" in text
    assert actions.issue(row.pk)
    assert f"/verify/{row.public_id}/" in main(client.get(page))
    assert cast.ben.client.post(f"/me/credentials/{row.public_id}/give-up/").status_code == 404
    assert client.post(f"/me/credentials/{row.public_id}/give-up/").status_code == 302
    row.refresh_from_db()
    assert (row.state, row.given_up) == ("revoked", True)
    assert "One of my own" in main(client.get(page))


@pytest.mark.outsider
def test_nobody_asks_for_what_is_not_theirs(cast: Cast) -> None:
    given(cast.red)
    asked = {"group": cast.red.pk, "source": "grant", "key": "gold", "whom": "me", "name": "Me"}
    assert cast.visitor.client.get("/me/credentials/").status_code == 302
    for someone in (cast.ben, cast.eve):
        assert "Gold" not in main(someone.client.get("/me/credentials/"))
        assert someone.client.post("/me/credentials/", asked).status_code == 404
        assert someone.client.post("/me/credentials/", {**asked, "group": "x"}).status_code == 404
    assert not Credential.objects.exists()


def test_a_badge_that_was_earned_becomes_one_to_show(cast: Cast) -> None:
    badges = [{"key": "brave", "name": "Brave", "summary": "A failure told.", "event": "story.told"}]
    cycle = CycleFactory(key="braves", design=small_design(badges=badges))
    red = GroupFactory(cycle=cycle, key="red")
    MembershipFactory(group=red, cycle=cycle, person=cast.ada.person, role="captain", capabilities=["captain", "submit"])
    EarnedBadge.objects.create(cycle=cycle, badge="brave", group=red, design_number=1, seal=1, at=cast.call.opens_at)
    page, asked = "/me/credentials/", {"group": red.pk, "source": "badge", "key": "brave", "whom": "team"}
    assert "Brave" in main(cast.ada.client.get(page))
    assert cast.ada.client.post(page, asked).status_code == 302
    row = Credential.objects.get()
    assert actions.issue(row.pk)
    row.refresh_from_db()
    assert (row.title, row.claim["criteria"][:15], row.claim["source"]) == ("Brave", "A failure told.", "badge")
    assert "earned" in main(cast.visitor.client.get(f"/verify/{row.public_id}/"))
    assert f"/verify/{row.public_id}/" in main(cast.visitor.client.get("/cycles/braves/groups/red/"))
    told = json.loads(cast.visitor.client.get("/credentials/achievements/braves/badge/brave/").content)
    assert (told["name"], told["criteria"]["narrative"][:15]) == ("Brave", "A failure told.")


def test_the_group_page_leads_to_the_certificate(cast: Cast) -> None:
    row = issued(given(cast.red))
    link = f'href="/verify/{row.public_id}/"'
    assert link in main(cast.visitor.client.get("/cycles/water/groups/red/"))
    cast.red.rank_hidden = True
    cast.red.save(update_fields=["rank_hidden"])
    assert link not in main(cast.visitor.client.get("/cycles/water/groups/red/"))


# --- Organizers -----------------------------------------------------------------------------------------------------------------------


def test_organizers_take_one_back_on_their_desk(cast: Cast) -> None:
    row = own(given(cast.red), cast.ada)
    desk = "/cycles/water/desk/credentials/"
    assert "Ada Lovelace" in main(cast.org.client.get(desk))
    assert "Nothing issued yet" in main(cast.org.client.get(f"{desk}?q=nobody"))
    revoke = f"{desk}{row.pk}/revoke/"
    for someone in (cast.ada, cast.eve):
        assert someone.client.get(desk).status_code == 404
        assert someone.client.post(revoke, {"reason": "x"}).status_code == 404
    cast.org.client.post(revoke, {"reason": ""})
    row.refresh_from_db()
    assert row.state == "issued"
    assert cast.org.client.post(revoke, {"reason": "They were not there."}).status_code == 302
    assert "They were not there." in main(cast.org.client.get(desk))


def test_many_cost_as_many_statements_as_few(cast: Cast) -> None:
    first = issued(given(cast.red))
    pages = [
        (cast.org, "/cycles/water/desk/credentials/"),
        (cast.ada, "/me/credentials/"),
        (cast.visitor, f"/verify/{first.public_id}/"),
    ]
    counts: list[list[int]] = []
    for many in (3, 27):
        for number in range(many):
            group = GroupFactory(cycle=cast.cycle)
            for at in (group, cast.red):
                said = {
                    "source": "grant",
                    "key": f"{many}-{number}",
                    "title": "Gold",
                    "name": "x",
                    "asked_at": cast.call.opens_at,
                }
                Credential.objects.create(cycle=cast.cycle, group=at, state="issued", token="x", **said)
            given(cast.red, f"{many}-{number}")
        row = []
        for someone, path in pages:
            client = someone.client
            client.get(path)
            with CaptureQueriesContext(connection) as queries:
                assert client.get(path).status_code == 200
            row.append(len(queries))
        counts.append(row)
    assert counts[0] == counts[1]
    assert max(counts[1]) <= 12
