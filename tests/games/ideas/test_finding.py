"""Ideas are found by their words: by the index of either database, also after they were told anew, and never beyond what one may see."""

import json

import pytest
from django.db import connection
from django.db.models import QuerySet

from games.ideas import actions
from games.ideas.models import Idea
from games.ideas.queries import FeedAsked, feed, similar
from games.migrations.operations.search import SearchIdeas
from games.permissions import visible
from tests.cast import Cast
from tests.factories.ideas import shared, telling

pytestmark = pytest.mark.django_db


def found(words: str) -> list[str]:
    return [one.title for one in feed(Idea.objects.all(), FeedAsked(words=words))]


def alike(text: str) -> list[str]:
    return [one.title for one in similar(Idea.objects.all(), text)]


def test_words_are_found_within_words_short_ones_too_and_signs_mean_themselves(cast: Cast):
    shared(cast, 'Boil "it" 100% of the_time')
    for words in ("boil", "oil", "bo", 'boil "it"', "100%", "the_time", '"', "BOIL it"):
        assert found(words) == ['Boil "it" 100% of the_time'], words
    for words in ("boiled", "100_", "theXtime", "boil OR husks", "boil NEAR husks", "boil*", "words:boil"):
        assert found(words) == [], words


def test_what_was_told_anew_is_found_by_its_new_words_and_what_is_gone_by_none(cast: Cast):
    idea = shared(cast, "Sieve with old saris")
    actions.share_version(idea=idea, told=telling("Ceramic candle", summary="Clay burnt with rice husks."), by=cast.ada.user)
    assert found("saris") == []
    assert alike("old saris sieve") == []
    assert found("husks candle") == alike("rice husks in clay") == ["Ceramic candle"]
    Idea.objects.filter(pk=idea.pk).delete()
    assert found("husks") == alike("rice husks in clay") == []


def test_what_has_more_in_common_comes_first_and_one_common_word_is_not_enough(cast: Cast):
    for number in range(12):
        shared(cast, f"Water {number}", summary="Filter the water.", parts={}, group=cast.blue, by=cast.ben.user)
    shared(cast, "Rain from the roof", summary="Store rain water in jars.", parts={})
    shared(cast, "Jars", summary="Clay.", parts={})
    assert alike("Store rain from roofs in jars of clay, water")[0] == "Rain from the roof"
    assert "Jars" in alike("Jars of clay")
    assert alike("Glass boiled in jars for a very long time") == []


def test_only_what_one_may_see_is_gathered(cast: Cast):
    shared(cast, "Sieve with old saris", audience="own")
    rows = visible(cast.ben.access, "idea.view", Idea.objects.all())
    assert similar(rows, "Sieve with old saris") == []
    assert list(feed(rows, FeedAsked(words="saris"))) == []


def test_nothing_that_is_asked_breaks_the_search(cast: Cast):
    shared(cast)
    for text in ("____ ____", "' OR 1=1 --", "sieve' with :* & | ! <-> saris\\", "\0old\0saris", '"""" sieve """"', "%" * 300):
        assert {*found(text.replace("\0", "")), *alike(text)} <= {"Sieve with old saris"}


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_misspelt_title_is_similar_where_the_database_has_trigrams(cast: Cast):
    shared(cast, "Sieve with old saris", summary="Cloth.", parts={})
    assert alike("Seive wiht old sarees") == ["Sieve with old saris"]


def plan(rows: "QuerySet[Idea]") -> str:
    """How the database would go about it, were reading everything dear."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off")
        return json.dumps(rows.explain(format="json"))
    return rows.explain()


def test_the_database_asks_its_index_and_not_every_idea(cast: Cast, django_assert_num_queries):
    idea = shared(cast)
    told = plan(feed(Idea.objects.all(), FeedAsked(words="saris")).order_by())
    assert ("idea_words" if connection.vendor == "postgresql" else "games_idea_words VIRTUAL TABLE INDEX") in told
    with django_assert_num_queries(2) as asked:
        assert similar(Idea.objects.all(), "sieve saris") == [idea]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"EXPLAIN {asked.captured_queries[0]['sql']}")
            told = " ".join(row[0] for row in cursor.fetchall())
            assert told.count("on idea_told") == 3, told
            assert "on idea_title" in told
            cursor.execute(f"EXPLAIN {asked.captured_queries[1]['sql']}")
            told = " ".join(row[0] for row in cursor.fetchall())
            assert "on games_idea_pkey" in told, told
            assert "Index Cond: (id = ANY ('{" in told, "what was gathered is looked up, not joined to every idea"
        else:
            cursor.execute(f"EXPLAIN QUERY PLAN {asked.captured_queries[0]['sql']}")
            assert sum("games_idea_words" in row[3] for row in cursor.fetchall()) == 3


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_where_the_extension_is_refused_ideas_are_found_all_the_same(cast: Cast, monkeypatch: pytest.MonkeyPatch):
    shared(cast, "Sieve with old saris", summary="Cloth.", parts={})
    made, editor = SearchIdeas(), connection.schema_editor(atomic=False)
    monkeypatch.setattr("games.migrations.operations.search.EXTENSION", "CREATE EXTENSION no_such_extension")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    made.database_backwards("games", editor, None, None)  # type: ignore[arg-type]
    made.database_forwards("games", editor, None, None)  # type: ignore[arg-type]
    assert found("aris") == alike("a sieve from saris") == ["Sieve with old saris"]
    assert alike("Seive wiht old sarees") == []


def test_the_operation_may_run_again_and_goes_backwards(cast: Cast):
    shared(cast)
    made = SearchIdeas()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    editor = connection.schema_editor(atomic=False)
    made.database_forwards("games", editor, None, None)  # type: ignore[arg-type]  # no state is read
    assert found("saris") == alike("old saris") == ["Sieve with old saris"]
    made.database_backwards("games", editor, None, None)  # type: ignore[arg-type]
    made.database_forwards("games", editor, None, None)  # type: ignore[arg-type]
    shared(cast, "Another with saris")
    assert found("saris") == ["Another with saris", "Sieve with old saris"]
