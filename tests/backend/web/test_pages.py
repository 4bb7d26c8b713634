import re

import pytest
from django.test import RequestFactory

from backend.web import errors


@pytest.mark.parametrize("path", ["/style/", "/style/?faults=1"])
def test_the_style_page_needs_no_database_and_no_inline_style_or_script(client, path):
    response = client.get(path)
    page = response.content.decode()
    assert response.status_code == 200
    assert not re.search(r'<style|\sstyle="|\son[a-z]+="|<script(?![^>]*\ssrc=)', page)
    assert "https://" not in page
    assert 'href="#main"' in page
    assert 'id="main"' in page


def test_every_id_and_reference_of_the_style_page_is_sound(client):
    page = client.get("/style/?faults=1").content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    pointed = re.findall(r'(?:aria-labelledby|aria-describedby|for)="([^"]+)"', page)
    assert {one for value in pointed for one in value.split()} <= set(ids)
    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)


def test_movement_and_meters_have_words(client):
    page = client.get("/style/").content.decode()
    assert re.search(r'<span class="visually-hidden">up </span>2', page)
    assert re.search(r'<span class="visually-hidden">down </span>1', page)
    assert "same place" in page
    assert "31 % now, from 12 % on the way to 45 %" in page


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
