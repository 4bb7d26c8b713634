import re

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from backend.web import errors
from games.cycles.models import Cycle
from tests.backend.web.test_board_pages import MOST_STATEMENTS
from tests.factories.submissions import without_designs
from tests.habits.judged import Mode, judged


def style_page(client, asked=""):
    with CaptureQueriesContext(connection) as sent:
        response = client.get(f"/style/{asked}")
    assert response.status_code == 200
    assert len(without_designs(sent)) <= MOST_STATEMENTS
    return response.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("asked", ["", "?faults=1", "?cycle=nobody"])
def test_the_style_page_of_an_empty_house_says_what_will_be_there_and_has_nothing_inline(client, asked):
    page = style_page(client, asked)
    assert not re.search(r'<style|\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)', page)
    assert "https://" not in page
    assert 'href="#main"' in page
    assert 'id="main"' in page
    for words in ("No public cycle yet", "No rounds yet", "No board is published yet", "Nothing to draw yet", "No awards"):
        assert words in page


@pytest.mark.django_db
def test_the_style_page_shows_the_published_board_rounds_and_entries_of_a_public_cycle_and_every_reference_on_it_is_sound(client):
    scene = judged(Mode(blind=False, others="never", named=True, published=True))
    for page in (style_page(client, "?faults=1"), style_page(scene.who["ada"].client, "?cycle=water")):
        for words in ("Clean water", "Scarlet Ibises", "results published", "published, version 1", '<dialog class="dialog"'):
            assert words in page
        for secret in ("own note", "hidden answer", "recusal", "conflict", "objection", "deliberation", "question to organizers"):
            assert scene.needles[secret] not in page
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        pointed = re.findall(r'(?:aria-labelledby|aria-describedby|for|data-dialog)="([^"]+)"', page)
        assert {one for value in pointed for one in value.split()} <= set(ids)
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


@pytest.mark.django_db
@pytest.mark.outsider
def test_the_style_page_shows_nobody_more_than_a_visitor_sees(client, cast):
    cast.publish(cast.call)
    Cycle.objects.filter(pk=cast.cycle.pk).update(public=False)
    for one in (client, cast.ada.client, cast.org.client):
        page = style_page(one, f"?cycle={cast.cycle.key}")
        assert cast.cycle.name not in page.split("<main", 1)[1]
        assert "No public cycle yet" in page


@pytest.mark.parametrize(
    ("view", "status"), [(errors.bad_request, 400), (errors.forbidden, 403), (errors.csrf_failed, 403), (errors.not_found, 404)]
)
def test_an_error_speaks_to_people_in_pages_and_to_programs_below_api(view, status):
    page = view(RequestFactory().get("/cycles/secret"), None)
    assert (page.status_code, page.headers["Content-Type"]) == (status, "text/html; charset=utf-8")
    assert b"secret" not in page.content
    machine = view(RequestFactory().get("/api/v1/secret"), None)
    assert (machine.status_code, machine.headers["Content-Type"]) == (status, "application/problem+json")
    assert b"secret" not in machine.content


def test_our_own_fault_is_told_without_asking_anything():
    assert errors.server_error(RequestFactory().get("/x")).status_code == 500
    assert errors.server_error(RequestFactory().get("/api/v1/x")).headers["Content-Type"] == "application/problem+json"


def test_a_page_nobody_knows_is_a_page_of_ours(client):
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert b"There is nothing here" in response.content
