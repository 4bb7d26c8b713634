"""A panel on the organizer's desk, and plans of who judges what: asked for, looked at, given out; and nothing of it for others."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.judging import actions
from games.judging.models import AssignmentPlan, Panelist, Sheet
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.judging import MARKS, judge, locked_scene, people
from tests.factories.submissions import entry, move, scene, without_designs
from tests.games.judging.test_planning import TOPICS
from worker.planning import work_out

pytestmark = pytest.mark.django_db


def words(response):
    return re.sub(r"\s+", " ", response.content.decode())


def main(response):
    return words(response).partition("<main")[2]


@pytest.fixture
def set_up():
    """Six entries, four judges on the panel; org organizes."""
    call = locked_scene(groups=6)
    who = people(call)
    judges = [who.judith.person, *(judge(call, name) for name in ("Marek", "Noor", "Olu"))]
    for one in judges:
        actions.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    return call, who, judges, f"/cycles/{call.cycle.key}/desk/judging/"


def panel_of(call, path):
    return f"{path}tasks/{call.challenge.pk}/jury/"


def planned(client, page, **asked):
    """Asked for on the page, and worked out as the worker does."""
    answer = client.post(f"{page}plan/", {"per_entry": "2", **asked})
    assert answer.status_code == 302, words(answer)
    number = int(answer.url.rstrip("/").rpartition("/")[2])
    work_out(number)
    return answer.url, AssignmentPlan.objects.get(pk=number)


def test_a_plan_is_asked_for_waited_for_looked_at_and_given_out(set_up):
    call, who, _judges, path = set_up
    client, page = who.org.client, panel_of(call, path)
    assert "Plan who judges what" in main(client.get(path))
    assert "Plan who judges what" in main(client.get(page))
    answer = client.post(f"{page}plan/", {"per_entry": "2"})
    plan = AssignmentPlan.objects.get()
    assert "It is being worked out" in main(client.get(answer.url))
    assert "HX-Refresh" not in client.get(f"{answer.url}progress/").headers
    work_out(plan.pk)
    assert client.get(f"{answer.url}progress/")["HX-Refresh"] == "true"
    text = main(client.get(answer.url))
    assert "new sheets" in text
    assert "The judges are well linked" in text
    assert "from where it deserves to be on average" in text
    assert "Team 1" in text
    assert not Sheet.objects.exists()
    client.post(f"{answer.url}settle/", {"do": "apply"})
    assert Sheet.objects.count() == 12
    assert "given out" in main(client.get(page))
    assert "Given out" in main(client.get(answer.url))
    assert "every entry has a judge" in main(client.get(path))


def test_what_cannot_be_asked_stays_in_the_form(set_up):
    call, who, _judges, path = set_up
    client, page = who.org.client, panel_of(call, path)
    for wrong in ({"per_entry": "9"}, {"per_entry": "x"}, {"max_load": "0"}, {"seed": "-3"}, {"anchors": "99"}):
        answer = client.post(f"{page}plan/", {"whole": "1", "per_entry": "2", **wrong})
        assert answer.status_code == 422, wrong
        assert "field-errors" in main(answer)
    assert client.post(f"{page}plan/", {"per_entry": "9"}).status_code == 302
    assert "expected 1 to 4 judges" in main(client.get(page))
    assert not AssignmentPlan.objects.exists()


def test_what_is_in_the_way_is_said_with_names_and_what_else_could_be_asked(set_up):
    call, who, judges, path = set_up
    client, page = who.org.client, panel_of(call, path)
    for one in judges[:2]:
        actions.declare_conflict(person=one, group=call.groups[0], by=None)
    url, plan = planned(client, page, per_entry="3")
    text = main(client.get(url))
    assert plan.state == "infeasible"
    assert "Team 1 can only be judged by Noor and Olu; 3 are asked. Barred: 2 by conflicts of interest." in text
    assert "As many judges as can be, where there are not enough" in text
    assert "Only 2 judges for each entry" in text
    url, plan = planned(client, page, whole="1", per_entry="3", partly="1", link="1")
    assert "1 entry has fewer judges than asked" in main(client.get(url))
    url, plan = planned(client, page, whole="1", per_entry="2", max_load="2", link="1")
    assert "Without the limit of 2 sheets" in main(client.get(url))


def test_a_plan_that_the_facts_have_left_behind_is_worked_out_anew(set_up):
    call, who, judges, path = set_up
    client, page = who.org.client, panel_of(call, path)
    url, _plan = planned(client, page)
    actions.declare_conflict(person=judges[0], group=call.groups[0], by=None)
    refused = client.post(f"{url}settle/", {"do": "apply"}, follow=True)
    assert "changed since this was worked out" in main(refused)
    assert not Sheet.objects.exists()
    again = client.post(f"{url}settle/", {"do": "again"}).url
    assert again != url
    client.post(f"{again}settle/", {"do": "drop"})
    assert "dropped" in main(client.get(page))
    assert client.post(f"{url}settle/", {"do": "explode"}).status_code == 404


def test_who_drops_out_is_replaced_in_one_click(set_up):
    call, who, judges, path = set_up
    client, page = who.org.client, panel_of(call, path)
    url, _plan = planned(client, page)
    client.post(f"{url}settle/", {"do": "apply"})
    seat = Panelist.objects.get(person=judges[1])
    done = Sheet.objects.filter(judge=judges[1]).select_related("challenge__round").order_by("pk")[0]
    actions.finalize(sheet=done, by=None, marks=MARKS)
    client.post(f"{path}seats/{seat.pk}/details/", {"do": "leave"})
    assert "entries with fewer judges" in main(client.get(path))
    text = main(client.get(page))
    assert "2 judges are missing" in text
    assert "dropped out" in text
    url = client.post(f"{page}plan/", {"do": "fill"}).url
    work_out(AssignmentPlan.objects.order_by("-pk")[0].pk)
    assert "2 open sheets of somebody who is gone are taken over." in main(client.get(url))
    assert list(Sheet.objects.filter(judge=judges[1])) == [done]
    assert "missing" not in main(client.get(page))
    client.post(f"{path}seats/{seat.pk}/details/", {"do": "rejoin"})
    assert Panelist.objects.get(pk=seat.pk).left_at is None
    assert client.post(f"{path}seats/{seat.pk}/details/", {"do": "explode"}).status_code == 404


def test_a_plan_that_failed_is_tried_again(set_up):
    call, who, _judges, path = set_up
    client, page = who.org.client, panel_of(call, path)
    url, plan = planned(client, page)
    AssignmentPlan.objects.filter(pk=plan.pk).update(state="failed", says="Something broke.", found={})
    assert "Something broke." in main(client.get(url))
    assert client.post(f"{url}settle/", {"do": "again"}).url != url
    third = actions.ask_third_reader(challenge=call.challenge, panel="jury", group=call.group, by=None)
    work_out(third.pk)
    text = main(client.get(f"{path}plans/{third.pk}/"))
    assert "One more judge" in text
    client.post(f"{path}plans/{third.pk}/settle/", {"do": "again"})
    gaps = actions.fill_gaps(challenge=call.challenge, by=None)
    client.post(f"{path}plans/{gaps.pk}/settle/", {"do": "again"})
    assert AssignmentPlan.objects.count() == 6


@pytest.fixture
def asked():
    """A task that asks for topics and languages."""
    call = scene(TOPICS, groups=2)
    for group in call.groups:
        entry(call, group, title="x", about=["water"], tongue="en")
    move(call.round, closes=-1)
    who = people(call)
    actions.add_panelist(challenge=call.challenge, panel="jury", person=who.judith.person, by=None)
    return call, who, f"/cycles/{call.cycle.key}/desk/judging/"


def test_what_is_known_of_a_judge_is_changed_beside_the_name(asked):
    call, who, path = asked
    client, seat = who.org.client, Panelist.objects.get()
    form = {"do": "describe", "topic": ["water", "air"], "language": ["fr"], "max_load": "7", "chair": "1"}
    client.post(f"{path}seats/{seat.pk}/details/", form)
    seat.refresh_from_db()
    assert (seat.topics, seat.languages, seat.max_load, seat.chair) == (["water", "air"], ["fr"], 7, True)
    text = main(client.get(panel_of(call, path)))
    assert "water, air" in text
    assert "leads" in text
    for wrong in ({"topic": ["fire"]}, {"language": ["xx"]}, {"max_load": "many"}):
        client.post(f"{path}seats/{seat.pk}/details/", form | wrong)
    seat.refresh_from_db()
    assert seat.topics == ["water", "air"]
    client.post(f"{path}seats/{seat.pk}/details/", {"do": "describe"})
    seat.refresh_from_db()
    assert (seat.topics, seat.languages, seat.max_load, seat.chair) == ([], [], None, False)


def test_panels_come_from_a_table_or_not_at_all(asked):
    call, who, path = asked
    client, page = who.org.client, panel_of(call, path)
    marek = judge(call, "Marek")
    refused = client.post(f"{page}table/", {"csv": f"judge,topics,max_load\n{marek.key},fire|water,x\nnobody,,\n"})
    assert refused.status_code == 422
    text = main(refused)
    assert "fire" in text
    assert text.count("row 2:") == 2
    assert "row 3:" in text
    assert f"{marek.key},fire|water,x" in text
    assert Panelist.objects.count() == 1
    table = f"judge;topics;languages;max_load;chair\n{marek.key};water|soil;en|fr;5;yes\n".encode()
    client.post(f"{page}table/", {"file": SimpleUploadedFile("panel.csv", table)})
    seat = Panelist.objects.get(person=marek)
    assert (seat.topics, seat.languages, seat.max_load, seat.chair) == (["water", "soil"], ["en", "fr"], 5, True)
    assert "1 seat is as the table says." in main(client.get(page))


def test_for_others_there_is_no_panel_and_no_plan(set_up):
    call, who, judges, path = set_up
    page = panel_of(call, path)
    url, _plan = planned(who.org.client, page)
    seat = Panelist.objects.get(person=judges[1])
    for outsider in (who.eve, who.ada, who.judith):
        client = outsider.client
        assert [client.get(one).status_code for one in (page, url, f"{url}progress/")] == [404, 404, 404]
        posts = (f"{page}plan/", f"{page}table/", f"{url}settle/", f"{path}seats/{seat.pk}/details/")
        assert [client.post(one, {"do": "leave", "per_entry": "1"}).status_code for one in posts] == [404] * 4
    assert AssignmentPlan.objects.count() == 1
    assert who.org.client.get(f"{path}tasks/{call.challenge.pk}/nobody/").status_code == 404


def test_pages_ask_as_much_for_many_rows_as_for_few():
    counts, organizer = [], actor("org")
    for size in (3, 30):
        call = locked_scene(groups=size)
        MembershipFactory(cycle=call.cycle, group=None, person=organizer.person, role="organizer", capabilities=["organize"])
        path = f"/cycles/{call.cycle.key}/desk/judging/"
        for number in range(max(3, size // 3)):
            actions.add_panelist(challenge=call.challenge, panel="jury", person=judge(call, f"Judge {number}"), by=None)
        client = organizer.client
        url, _plan = planned(client, panel_of(call, path))
        for address in (path, panel_of(call, path), url):
            client.get(address)
            with CaptureQueriesContext(connection) as statements:
                assert client.get(address).status_code == 200
            counts.append(len(without_designs(statements)))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 12, counts
