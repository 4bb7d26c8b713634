"""Credit divided, ideas made one and split, in pages: for who speaks for a team that has a part of the idea."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.ideas.models import CreditShare, Idea
from games.ideas.queries import shares_of
from games.learning.models import ChangeTest
from tests.cast import Cast
from tests.factories.groups import GroupFactory
from tests.factories.ideas import shared
from tests.factories.submissions import without_designs

pytestmark = pytest.mark.django_db
AT = "/cycles/water/ideas/"


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def two(cast: Cast) -> tuple[Idea, Idea]:
    return shared(cast), shared(cast, "Cloth, folded", group=cast.blue, by=cast.ben.user)


def test_credit_is_divided_on_the_page_and_is_always_whole(cast: Cast) -> None:
    idea = shared(cast)
    page = f"{AT}{idea.number}/together/"
    assert "With others" in words(cast.ada.client.get(f"{AT}{idea.number}/"))
    sent = {"do": "credit", f"part-{cast.red.pk}": "60", "team": str(cast.blue.pk), "part-new": "39"}
    refused = cast.ada.client.post(page, sent)
    assert (refused.status_code, "expected exactly" in words(refused), 'value="60"' in words(refused)) == (422, True, True)
    assert "divided so" in words(cast.ada.client.post(page, sent | {"part-new": "40"}, follow=True))
    assert shares_of(idea) == {cast.red.pk: 6_000, cast.blue.pk: 4_000}
    assert "Blue Herons 40 %" in words(cast.ben.client.get(f"{AT}{idea.number}/"))
    less = {"do": "credit", f"part-{cast.red.pk}": "70", f"part-{cast.blue.pk}": "30"}
    assert "shrinks only by its own hand" in words(cast.ada.client.post(page, less))
    assert cast.ben.client.post(page, less).status_code == 302


def test_two_ideas_become_one_and_both_pages_say_so(cast: Cast) -> None:
    red, blue = two(cast)
    ChangeTest.objects.create(cycle=cast.cycle, number=1, group=cast.blue, idea=red, title="Try", prediction="Clean")
    page, other = f"{AT}{red.number}/together/", f"{AT}{blue.number}/together/"
    assert "There is no such idea" in words(cast.ada.client.post(page, {"do": "merge", "other": "99", "ours": "50"}))
    sent = {"do": "merge", "other": str(blue.number), "goes-on": "other", "ours": "30"}
    assert "Asked. The other team answers." in words(cast.ada.client.post(page, sent, follow=True))
    text = words(cast.ben.client.get(other))
    assert "Shall two ideas become one?" in text
    assert "Blue Herons 70 %" in text
    row = re.search(r'name="row" value="(\d+)"', text)
    assert row is not None
    assert cast.ada.client.post(page, {"do": "agree", "row": row[1]}).status_code == 404
    assert "The two are one." in words(cast.ben.client.post(other, {"do": "agree", "row": row[1]}, follow=True))
    text = words(cast.eve.client.get(f"{AT}{blue.number}/"))
    assert "It took in" not in text
    text = words(cast.ada.client.get(f"{AT}{blue.number}/"))
    assert "It took in" in text
    assert "1 test" in text
    assert "It went into another idea" in words(cast.ben.client.get(f"{AT}{red.number}/"))


def test_one_is_split_and_what_was_typed_stays_when_refused(cast: Cast) -> None:
    idea = shared(cast)
    page = f"{AT}{idea.number}/together/"
    refused = cast.ada.client.post(page, {"do": "split", "title-1": "Fold", "summary-1": "Four times."})
    assert (refused.status_code, 'value="Fold"' in words(refused)) == (422, True)
    sent = {"do": "split", "title-1": "Fold", "summary-1": "Four times.", "title-2": "Wash", "summary-2": "In the river."}
    assert "Each part is an idea of its own now" in words(cast.ada.client.post(page, sent, follow=True))
    assert "Fold" in words(cast.ben.client.get(f"{AT}{idea.number}/"))
    assert Idea.objects.count() == 3


@pytest.mark.outsider
def test_nobody_else_divides_merges_or_splits(cast: Cast) -> None:
    idea, own = shared(cast), shared(cast, "Own", audience="own")
    for other in (cast.ben, cast.org):
        assert other.client.get(f"{AT}{idea.number}/together/").status_code == 403
        assert other.client.post(f"{AT}{idea.number}/together/", {"do": "split"}).status_code == 403
        assert other.client.get(f"{AT}{own.number}/together/").status_code == 404
    for other in (cast.eve, cast.judith):
        assert other.client.get(f"{AT}{idea.number}/together/").status_code == 404
    assert cast.visitor.client.get(f"{AT}{idea.number}/together/").status_code == 302
    assert cast.ada.client.post(f"{AT}{idea.number}/together/", {"do": "burn"}).status_code == 404
    hidden = shared(cast, "Theirs", group=cast.blue, by=cast.ben.user, audience="own")
    sent = {"do": "merge", "other": str(hidden.number), "ours": "50"}
    assert "There is no such idea" in words(cast.ada.client.post(f"{AT}{idea.number}/together/", sent))


@pytest.mark.parametrize("page", ["", "together/"])
def test_many_partners_cost_as_many_statements_as_few(cast: Cast, page: str) -> None:
    idea, client, counts = shared(cast), cast.ada.client, []
    CreditShare.objects.create(idea=idea, group=cast.red, basis_points=1)
    for many in (3, 30):
        while CreditShare.objects.count() < many:
            group = GroupFactory(cycle=cast.cycle)
            CreditShare.objects.create(idea=idea, group=group, basis_points=1)
            shared(cast, f"Taken {group.pk}")
        Idea.objects.exclude(pk=idea.pk).update(merged_into=idea)
        client.get(f"{AT}{idea.number}/{page}")
        with CaptureQueriesContext(connection) as statements:
            assert client.get(f"{AT}{idea.number}/{page}").status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12
