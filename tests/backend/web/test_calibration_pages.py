"""Calibration in pages: the judge's, the chair's, the organizer's; one sheet on the organizer's desk."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games.cycles.models import Decision
from games.judging import actions
from games.judging.models import Calibration, Panelist, PastSheet, Remark, Sheet
from games.judging.rules import Given
from tests.cast import actor
from tests.factories.groups import MembershipFactory
from tests.factories.judging import judge, locked_scene, people
from tests.factories.submissions import ESSAY, without_designs

pytestmark = pytest.mark.django_db


def scene(*, groups=3, blind=False, others=1):
    """A panel of judith and others who mark every entry, and org."""
    call = locked_scene(ESSAY, groups=groups, rounds=[{"key": "call", "calibration": True, "blind": blind}])
    who = people(call)
    panel = [who.judith.person, *(judge(call, f"Judge-{number}") for number in range(others))]
    for one in panel:
        actions.add_panelist(challenge=call.challenge, panel="jury", person=one, by=None)
    actions.assign_all(challenge=call.challenge, by=None)
    return call, who, panel


def desk(call, tail=""):
    return f"/cycles/{call.cycle.key}/desk/judging/calibrations/{tail}"


def begun(call, *places):
    return actions.begin_calibration(
        challenge=call.challenge, panel="jury", groups=[call.groups[at] for at in places or (0,)], by=None
    )


def marked(person, group, impact, comment=""):
    sheet = Sheet.objects.select_related("challenge__round__cycle", "judge").get(judge=person, group=group)
    return actions.finalize(sheet=sheet, by=None, marks=[Given("impact", impact), Given("novelty", 3)], comment=comment)


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


# --- Organizers -------------------------------------------------------------------------------------------------------------------------


def test_an_organizer_chooses_anchors_sees_how_far_the_judges_are_and_goes_on():
    call, who, panel = scene()
    client = who.org.client
    page = words(client.get(desk(call)))
    assert "the rules ask for a calibration" in page
    assert "not begun: nobody can mark" in page
    address = desk(call, f"new/{call.challenge.pk}/?panel=jury")
    form = client.get(address).content.decode()
    assert form.count("checked") == 3
    answer = client.post(address, {"anchor": [call.groups[0].pk]})
    one = Calibration.objects.get()
    assert answer.headers["Location"] == desk(call, f"{one.pk}/")
    assert "0 of 2 judges have marked every anchor." in words(client.get(desk(call, f"{one.pk}/")))
    marked(panel[1], call.groups[0], 5, "Bold.")
    page = words(client.get(desk(call, f"{one.pk}/")))
    assert "1 of 2 judges" in page
    assert "Judge-0" in page
    do = desk(call, f"{one.pk}/do/")
    client.post(do, {"do": "discuss"})
    client.post(do, {"do": "say", "text": "Look at novelty."})
    client.post(do, {"do": "close", "outcome": "A three is a good entry."})
    one.refresh_from_db()
    assert one.state == "done"
    page = words(client.get(desk(call, f"{one.pk}/")))
    assert "Look at novelty." in page
    assert "A three is a good entry." in page
    assert client.post(do, {"do": "nonsense"}).status_code == 404


def test_anchors_that_cannot_be_are_said_with_what_was_ticked_kept():
    call, who, _panel = scene()
    address = desk(call, f"new/{call.challenge.pk}/?panel=jury")
    answer = who.org.client.post(address, {})
    assert answer.status_code == 422
    assert "Choose 1 to 20 anchors." in words(answer)
    assert "checked" not in answer.content.decode()
    assert who.org.client.get(desk(call, f"new/{call.challenge.pk}/?panel=crowd")).status_code == 404


def test_who_has_no_anchor_gets_them_at_once():
    call, who, _panel = scene()
    one = begun(call)
    late = judge(call, "Late")
    Panelist.objects.create(challenge=call.challenge, panel="jury", person=late)
    page = words(who.org.client.get(desk(call, f"{one.pk}/")))
    assert "has no anchor" in page
    who.org.client.post(desk(call, f"{one.pk}/do/"), {"do": "give"})
    assert Sheet.objects.filter(judge=late).count() == 1


# --- Judges -----------------------------------------------------------------------------------------------------------------------------


def test_a_judge_marks_the_anchors_sees_the_panel_talks_and_marks_anew():
    call, who, panel = scene(blind=True)
    client = who.judith.client
    assert "begins with a calibration" in words(client.get("/desk/sheets/"))
    one = begun(call)
    queue = words(client.get("/desk/sheets/"))
    assert "Mark the anchors first; the other entries open after that." in queue
    assert "Opens after calibration" in queue
    address = f"/desk/sheets/calibrations/{one.pk}/"
    marked(panel[1], call.groups[0], 5, "Bold.")
    page = words(client.get(address))
    assert "Mark it first, by yourself" in page
    for hidden in ("Bold.", "Team 1", "Judge-0"):
        assert hidden not in page
    own = marked(panel[0], call.groups[0], 2)
    assert "Bold." not in words(client.get(address))
    actions.discuss_calibration(calibration=one, by=None)
    page = words(client.get(address))
    for told in ("Bold.", "2 to 5, 3 apart", "Where the panel differs most", "higher than the others"):
        assert told in page
    for hidden in ("Team 1", "Judge-0"):
        assert hidden not in page
    client.post(f"{address}say/", {"text": "I looked for numbers."})
    assert Remark.objects.get().person == panel[0]
    assert "I looked for numbers." in words(client.get(address))
    assert client.post(f"/desk/sheets/{own.pk}/revise/").headers["Location"] == f"/desk/sheets/{own.pk}/"
    page = words(client.get(f"/desk/sheets/{own.pk}/"))
    assert "An anchor: every judge of the panel marks it" in page
    assert "marked anew after the calibration" in page
    assert PastSheet.objects.get().marks["impact"][0] == 20000


def test_words_that_are_refused_stay_in_their_field():
    call, who, panel = scene()
    one = begun(call)
    marked(panel[0], call.groups[0], 2)
    actions.discuss_calibration(calibration=one, by=None)
    client, address = who.judith.client, f"/desk/sheets/calibrations/{one.pk}/"
    client.post(f"{address}say/", {"text": "x" * 5001})
    page = client.get(address).content.decode()
    assert "1 to 5000 characters." in page
    assert "x" * 5001 in page
    assert "x" * 5001 not in client.get(address).content.decode()


def test_the_chair_goes_on_and_another_judge_does_not():
    call, who, panel = scene()
    one = begun(call)
    client, step = who.judith.client, f"/desk/sheets/calibrations/{one.pk}/step/"
    assert "Begin the talk now" not in words(client.get(f"/desk/sheets/calibrations/{one.pk}/"))
    assert client.post(step, {"do": "discuss"}).status_code == 404
    Panelist.objects.filter(person=panel[0]).update(chair=True)
    assert "Begin the talk now" in words(client.get(f"/desk/sheets/calibrations/{one.pk}/"))
    client.post(step, {"do": "discuss"})
    client.post(step, {"do": "close", "outcome": "Agreed."})
    one.refresh_from_db()
    assert one.state == "done"


@pytest.mark.outsider
def test_outsiders_teams_and_judges_of_other_panels_find_no_calibration():
    call, who, _panel = scene()
    one = begun(call)
    other = actor("jonas")
    MembershipFactory(group=None, cycle=call.cycle, person=other.person, role="judge", capabilities=["judge"])
    for nobody in (who.ada, who.ben, who.eve, other):
        client = nobody.client
        assert client.get(f"/desk/sheets/calibrations/{one.pk}/").status_code == 404
        for tail in ("say/", "step/"):
            assert client.post(f"/desk/sheets/calibrations/{one.pk}/{tail}", {"text": "x", "do": "discuss"}).status_code == 404
        sheet = Sheet.objects.first()
        assert sheet is not None
        assert client.post(f"/desk/sheets/{sheet.pk}/revise/").status_code == 404
        for tail in ("", f"new/{call.challenge.pk}/?panel=jury", f"{one.pk}/"):
            assert client.get(desk(call, tail)).status_code == 404
        assert client.post(desk(call, f"{one.pk}/do/"), {"do": "discuss"}).status_code == 404
        assert client.get(f"/cycles/{call.cycle.key}/desk/judging/sheets/{sheet.pk}/").status_code == 404
    one.refresh_from_db()
    assert one.state == "marking"
    assert who.org.client.get(f"/desk/sheets/calibrations/{one.pk}/").headers["Location"] == desk(call, f"{one.pk}/")


# --- One sheet on the organizer's desk --------------------------------------------------------------------------------------------------


def test_an_organizer_opens_a_final_sheet_again_and_reads_before_and_after():
    call, who, panel = scene()
    begun(call)
    sheet = marked(panel[0], call.groups[0], 2, "Thin.")
    Sheet.objects.filter(pk=sheet.pk).update(note="for me alone")
    address, client = f"/cycles/{call.cycle.key}/desk/judging/sheets/{sheet.pk}/", who.org.client
    page = words(client.get(address))
    assert "Thin." in page
    assert "for me alone" not in page
    refused = client.post(address, {"reason": " "})
    assert (refused.status_code, "A reason is needed" in words(refused)) == (422, True)
    assert client.post(address, {"reason": "a slip of the pen"}).status_code == 302
    assert Decision.objects.filter(kind="reopen").count() == 1
    marked(panel[0], call.groups[0], 4, "Better.")
    page = words(client.get(address))
    for told in ("Thin.", "Better.", "a slip of the pen"):
        assert told in page
    matrix = client.get(f"/cycles/{call.cycle.key}/desk/judging/call/essay/").content.decode()
    assert address in matrix


# --- Statements -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["marking", "discussing"])
@pytest.mark.parametrize("whose", ["judge", "organizer"])
def test_a_page_takes_as_many_statements_for_30_judges_and_anchors_as_for_3(state, whose):
    counts = []
    for many in (3, 20):
        call = locked_scene(ESSAY, groups=many, rounds=[{"key": "call", "calibration": True}])
        judith, org = actor(f"judith{many}"), actor(f"org{many}")
        for one, role, held in ((judith, "judge", "judge"), (org, "organizer", "organize")):
            MembershipFactory(group=None, cycle=call.cycle, person=one.person, role=role, capabilities=[held])
        panel = [judith.person, *(judge(call, f"Judge-{many}-{number}") for number in range(many))]
        for person in panel:
            actions.add_panelist(challenge=call.challenge, panel="jury", person=person, by=None)
        begun_ = begun(call, *range(many))
        for person in panel[:3]:
            for group in call.groups[:2]:
                marked(person, group, 3, "Words.")
        if state == "discussing":
            actions.discuss_calibration(calibration=begun_, by=None)
            for person in panel[:many]:
                actions.remark_on_calibration(calibration=begun_, person=person, text="So.", by=None)
        client = judith.client if whose == "judge" else org.client
        address = f"/desk/sheets/calibrations/{begun_.pk}/" if whose == "judge" else desk(call, f"{begun_.pk}/")
        with CaptureQueriesContext(connection) as statements:
            assert client.get(address).status_code == 200
        counts.append(len(without_designs(statements)))
    assert counts[0] == counts[1] <= 12, "\n".join(one[:260] for one in without_designs(statements))


def test_a_long_talk_opens_at_its_end_and_anchors_turn_page_by_page():
    call, who, panel = scene(groups=8, others=2)
    calibration = begun(call, *range(7))
    actions.discuss_calibration(calibration=calibration, by=None)
    for number in range(30):
        actions.remark_on_calibration(calibration=calibration, person=panel[0], text=f"Thought {number:02}.", by=None)
    for client, path in (
        (who.org.client, desk(call, f"{calibration.pk}/")),
        (who.judith.client, f"/desk/sheets/calibrations/{calibration.pk}/"),
    ):
        shown = words(client.get(path))
        assert "Thought 29." in shown
        assert "Thought 24." not in shown
        assert "The talk: 26 to 30 of 30" in shown
        assert "Anchors: 1 to 6 of 7" in shown
        before = words(client.get(path, {"said": "1", "anchors": "2"}))
        assert "Thought 00." in before
        assert "Anchors: 7 to 7 of 7" in before
