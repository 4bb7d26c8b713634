import pytest
from django.urls import reverse
from rest_framework.views import APIView

from backend.api.description import WRITTEN
from backend.api.idempotency import Idempotent
from backend.api.mounting import once

pytestmark = pytest.mark.django_db


def test_an_address_nobody_knows_is_answered_as_a_problem(client):
    response = client.get("/api/v1/nothing")
    assert (response.status_code, response.headers["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["code"] == "not_found"


def test_the_schema_tells_of_problems_and_the_key(client):
    schema = client.get(reverse("api-schema"), headers={"accept": "application/json"}).json()
    assert schema["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "code", "detail", "errors"]
    for methods in schema["paths"].values():
        for method, operation in methods.items():
            assert operation["responses"]["default"]["content"].keys() == {"application/problem+json"}
            named = [one["name"] for one in operation.get("parameters", [])]
            assert ("Idempotency-Key" in named) == (method == "post")


def test_the_schema_is_the_file_that_was_written_ahead(client):
    response = client.get(reverse("api-schema"))
    assert response.headers["Content-Type"].startswith("application/vnd.oai.openapi")
    assert response.content == WRITTEN.read_bytes()
    for kind in ("application/yaml", "application/vnd.oai.openapi+json"):
        assert client.get(reverse("api-schema"), headers={"accept": kind}).headers["Content-Type"].startswith(kind)


def test_the_pages_of_the_documentation_need_nothing_from_elsewhere(client):
    page = client.get(reverse("api-docs")).content.decode()
    assert "<style" not in page
    assert "https://" not in page


def test_the_layer_lies_over_every_view_and_keeps_its_name():
    class Anything(APIView):
        """Words for the schema."""

    laid = once(Anything)
    assert issubclass(laid, Idempotent)
    assert (laid.__name__, laid.__doc__) == ("Anything", "Words for the schema.")
