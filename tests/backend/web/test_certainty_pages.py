"""How sure the marks make us, in pages: who reads it when, what is not published stays closed, judges read how they mark."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.bundles.actions import import_path
from games.judging.models import Mark, Sheet
from games.results.models import PanelAnalysis
from games.rounds.models import Round
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.results import WATER, Played, judge_final, water
from tests.factories.submissions import without_designs
from tests.games.bundles.test_examples import EXAMPLES
from worker.steps import settle_now

pytestmark = pytest.mark.django_db


def text(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def played() -> Played:
    found = water()
    judge_final(found)
    settle_now(found.rounds["call"], by=None)
    return found


def page(played: Played, round_: str = "call", challenge: str = "concept") -> str:
    return f"/cycles/{played.cycle.key}/rounds/{round_}/{challenge}/certainty/"


def organizer(played: Played) -> Any:
    someone = actor("org")
    MembershipFactory.create(cycle=played.cycle, group=None, person=someone.person, role="organizer", capabilities=["organize"])
    return someone


def test_everybody_reads_it_once_published_and_the_task_leads_there(played: Played, client: Any) -> None:
    shown = text(client.get(page(played)))
    assert "How sure are we?" in shown
    assert "Raw mean" in shown
    assert "The judges" not in shown, "the marks of single judges are not open in this round"
    task = f"/cycles/{played.cycle.key}/rounds/call/concept/"
    assert page(played) in text(client.get(task))


@pytest.mark.outsider("certainty")
def test_before_publication_it_is_for_organizers_alone(played: Played, client: Any) -> None:
    key = next(one.key for one in played.challenges.values() if one.round_id == played.rounds["final"].pk)
    PanelAnalysis.objects.filter(challenge__key=key).update(shown={})
    url = page(played, "final", key)
    assert client.get(url).status_code == 404
    assert actor("eve").client.get(url).status_code == 404
    org = organizer(played)
    shown = text(org.client.get(url))
    assert "you see this as an organizer" in shown
    assert "The judges" in shown


@pytest.mark.parametrize("named", [False, True])
def test_judges_have_their_names_where_the_round_names_them(client: Any, named: bool) -> None:
    played = water(rounds=[one | {"judges_named": named} for one in WATER["rounds"]])
    judge_final(played)
    settle_now(played.rounds["call"], by=None)
    Round.objects.filter(cycle=played.cycle).update(visibility="full")
    names = [f"Ms {letter * 9}" for letter in "ABCDEFGH"]
    for someone, name in zip(played.judges, names, strict=True):
        type(someone).objects.filter(pk=someone.pk).update(name=name)
    judges = set(Sheet.objects.filter(challenge=played.challenges["concept"]).values_list("judge__name", flat=True))
    for reader, knows in ((client, named), (organizer(played).client, True)):
        shown = text(reader.get(page(played)))
        assert "The judges" in shown
        assert {name for name in names if name in shown} == (judges if knows else set())


def test_what_is_marked_anew_waits_for_its_publication(played: Played, client: Any) -> None:
    before = text(client.get(page(played)))
    sheet = Sheet.objects.filter(challenge=played.challenges["concept"], group=played.groups["cloud"]).earliest("pk")
    Mark.objects.filter(sheet=sheet).update(value=10_000)
    row = PanelAnalysis.objects.get(challenge=played.challenges["concept"], panel="jury")
    row.body = row.body | {"alpha": "0.123"}
    row.save(update_fields=["body"])
    assert text(client.get(page(played))) == before
    settle_now(played.rounds["call"], by=None, reason="A slip of the pen.")
    assert text(client.get(page(played))) != before


def test_a_task_whose_marks_were_of_another_kind_has_no_such_page(played: Played, client: Any) -> None:
    assert client.get(page(played, "call", "nothing")).status_code == 404
    played.challenges["concept"].format = "pairwise"
    played.challenges["concept"].save(update_fields=["format"])
    assert client.get(page(played)).status_code == 404


@pytest.mark.parametrize(
    ("name", "path", "told"),
    [
        # the pianist of docs/judges.md, who is 39th instead of 36th; the strictest juror and the mildest
        ("chopin-2025", "stage1/recital", ("19.64", "19.69", "In the first 40", "-2.02", "+1.98")),
        ("skating-worlds-2017", "short/men-short", ("HANYU",)),
    ],
)
def test_real_competitions_tell_everybody_how_sure_they_are(client: Any, name: str, path: str, told: tuple[str, ...]) -> None:
    [cycle] = import_path(EXAMPLES / name)
    shown = text(client.get(f"/cycles/{cycle.key}/rounds/{path}/certainty/"))
    heads = (
        "Adjusted",
        "Raw mean",
        "Places it could have",
        "In the first",
        "Krippendorff’s alpha",
        "Reliability of a score",
        "The judges",
    )
    assert [words for words in (*heads, "± ", *told) if words not in shown] == []
    assert re.search(r"<span>\d+ to \d+</span>", shown), "the places that an entry could have"


def test_a_group_that_keeps_its_name_keeps_it_here(played: Played, client: Any) -> None:
    group = played.groups["aqua"]
    group.rank_hidden = True
    group.save(update_fields=["rank_hidden"])
    assert group.name not in text(client.get(page(played)))
    assert group.name in text(organizer(played).client.get(page(played)))


@pytest.mark.outsider("judge-report")
def test_a_judge_reads_how_they_mark_once_results_are_out(played: Played) -> None:
    someone = actor("jurist")
    Sheet.objects.filter(judge=played.judges[0]).update(judge=someone.person)
    settle_now(played.rounds["call"], by=None, reason="Who judged was written wrongly.")
    MembershipFactory.create(cycle=played.cycle, group=None, person=someone.person, role="judge", capabilities=["judge"])
    shown = text(someone.client.get("/desk/sheets/report/"))
    assert "on the same entries" in shown
    assert "It is no grade" in shown
    Round.objects.filter(cycle=played.cycle).update(published_at=None)
    assert "Nothing to tell yet" in text(someone.client.get("/desk/sheets/report/"))
    assert "Nothing to tell yet" in text(actor("eve").client.get("/desk/sheets/report/"))


def test_the_chair_reads_how_each_judge_marks_before_and_after_publication(played: Played) -> None:
    chair, judith = actor("chair"), actor("judith")
    task = played.challenges["concept"]
    for someone, leads in ((chair, True), (judith, False)):
        MembershipFactory.create(cycle=played.cycle, group=None, person=someone.person, role="judge", capabilities=["judge"])
        task.panelists.create(panel="jury", person=someone.person, chair=leads)
    assert page(played) in text(chair.client.get("/desk/sheets/report/"))
    assert "Panels you lead" not in text(judith.client.get("/desk/sheets/report/"))
    assert "The judges" in text(chair.client.get(page(played)))
    assert "The judges" not in text(judith.client.get(page(played)))
    Round.objects.filter(key="call").update(published_at=None)
    assert "The judges" in text(chair.client.get(page(played)))
    assert judith.client.get(page(played)).status_code == 404
    task.panelists.update(chair=False)
    assert chair.client.get(page(played)).status_code == 404


def test_the_page_takes_few_statements(played: Played) -> None:
    client = organizer(played).client
    client.get(page(played))
    with CaptureQueriesContext(connection) as statements:
        client.get(page(played))
    assert len(without_designs(statements)) <= 12, without_designs(statements)
