"""Long lists without a mouse: a link to a row from before there were pages arrives at it, and pages turn where one is."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from tests.e2e.commoning import begun, sent
from tests.e2e.hands import Hands
from tests.e2e.people import Visit, fits

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]
DAY = timedelta(days=1)
SAID = 30


def test_an_old_link_to_a_post_arrives_and_a_thread_is_turned_by_keyboard(visit: Visit) -> None:
    key, ids, _olga, ada, ben = begun(
        visit, "long", call={"opens": -DAY, "closes": DAY}, final={"opens": 2 * DAY, "closes": 4 * DAY}
    )
    teams = {one["name"]: one["id"] for one in ben.request.get(f"/api/v1/groups?cycle={ids['cycle']}").json()["results"]}
    asked = {"kind": "barrier", "title": "Who lends a pump?", "text": "For one weekend."}
    thread = sent(ben, f"/api/v1/groups/{teams['Murmur']}/threads", asked)
    where, said = (
        f"/api/v1/threads/{thread['id']}/posts",
        [(ben, teams["Murmur"]), (ada, teams["Whisper"])],
    )  # nobody says all of it
    posts = [
        sent(who, where, {"text": f"Day {number:02}: nobody yet.", "group": team})
        for number in range(SAID)
        for who, team in [said[number % 2]]
    ]
    where, last = f"/cycles/{key}/threads/{thread['number']}/", posts[-1]

    ada.goto(f"{where}#post-{last['id']}")  # as mails and notices named a post before threads had pages
    ada.wait_for_url(lambda url: f"post={last['id']}" in url)
    row = ada.locator(f"#post-{last['id']}")
    expect(row).to_contain_text(f"Day {SAID - 1:02}")
    expect(row).to_be_in_viewport()

    ada.set_viewport_size({"width": 360, "height": 780})
    hands = Hands(ada)
    hands.go(where)
    expect(ada.get_by_text(f"1 to 25 of {SAID + 1}")).to_be_visible()
    assert fits(ada)
    hands.follow(ada.get_by_role("navigation", name="Pages").get_by_role("link", name="Next"))
    expect(ada.get_by_text(f"26 to {SAID + 1} of {SAID + 1}")).to_be_visible()
    expect(ada.get_by_role("navigation", name="Pages").get_by_role("link", name="Next")).to_have_count(0)
    assert hands.unseen == []
    ada.goto(f"{where}#post-999999999")  # of a post that there is none the first page comes, once
    expect(ada.get_by_text(f"1 to 25 of {SAID + 1}")).to_be_visible()
