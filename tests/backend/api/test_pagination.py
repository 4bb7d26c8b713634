import orjson
import pytest
from rest_framework.generics import ListAPIView
from rest_framework.serializers import ModelSerializer
from rest_framework.test import APIRequestFactory

from backend.accounts.models import User

pytestmark = pytest.mark.django_db


class UserSerializer(ModelSerializer):
    class Meta:
        model = User
        fields = ("id", "name")


class Users(ListAPIView):
    serializer_class = UserSerializer
    permission_classes = ()
    filter_backends = ()
    queryset = User.objects.all()
    ordering = ("-name",)


@pytest.fixture
def people(db):
    names = ["ada", "ben", "ben", "ben", "judith", "org", "eve"]
    return [User.objects.create(email=f"{i}@example.org", name=name, password="x").pk for i, name in enumerate(names)]


def ask(path):
    response = Users.as_view()(APIRequestFactory().get(path))
    response.render()
    return response.status_code, orjson.loads(response.content)


def walk(path):
    while path:
        _, page = ask(path)
        yield page
        path = page["next"]


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 50])
def test_every_row_comes_once_whatever_the_size_of_a_page(people, limit):
    seen = [row["id"] for page in walk(f"/?limit={limit}") for row in page["results"]]
    assert sorted(seen) == sorted(people)
    names = [row["name"] for page in walk(f"/?limit={limit}") for row in page["results"]]
    assert names == sorted(names, reverse=True)


def test_the_way_back_leads_to_the_first_page(people):
    _, first = ask("/?limit=3")
    _, second = ask(first["next"])
    assert ask(second["previous"])[1]["results"] == first["results"]
    assert first["previous"] is None


def test_a_row_that_joins_meanwhile_moves_nobody(people):
    _, first = ask("/?limit=3")
    User.objects.create(email="new@example.org", name="zoe", password="x")
    _, second = ask(first["next"])
    assert not {row["id"] for row in first["results"]} & {row["id"] for row in second["results"]}


@pytest.mark.parametrize("limit", ["0", "-1", "201", "1.5", "many", "", "٣", "99999999999999999999"])
def test_a_limit_out_of_bounds_is_refused(people, limit):
    status, body = ask(f"/?limit={limit}")
    assert (status, body["errors"][0]["where"]) == (422, "limit")


@pytest.mark.parametrize("cursor", ["", "x", "cD0x", "bz0tMQ==", "b=99999999999999999999", "cD0AAAA="])
def test_a_broken_cursor_never_breaks_the_server(people, cursor):
    status, _ = ask(f"/?cursor={cursor}")
    assert status in {200, 422}


def test_one_page_is_one_statement(people, django_assert_num_queries):
    for limit in (1, 3):
        with django_assert_num_queries(1):
            ask(f"/?limit={limit}")


def test_more_equal_rows_than_the_framework_would_count_come_once_each(db):
    User.objects.bulk_create(User(email=f"{i}@example.org", name="the same", password="x") for i in range(1205))
    seen = [row["id"] for page in walk("/?limit=200") for row in page["results"]]
    assert seen == sorted(User.objects.values_list("pk", flat=True), reverse=True)


def test_the_way_back_from_the_end_meets_every_row(people):
    *_, last = walk("/?limit=2")
    path, seen = last["previous"], [row["id"] for row in last["results"]]
    while path:
        _, page = ask(path)
        seen, path = [row["id"] for row in page["results"]] + seen, page["previous"]
    assert seen == [row["id"] for row in ask("/")[1]["results"]]
