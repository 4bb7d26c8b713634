"""Launching through pages alone: a playbook is chosen, written in steps with errors kept, tried, removed, launched, amended, followed."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from backend.web.pages.desk.place import PLACES
from games.cycles.models import Cycle, Decision
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.playbooks.expand import merged
from games.progression import actions
from games.progression.drafting import draft_of
from games.progression.models import Draft, Rehearsal
from games.rounds.models import Round
from tests.backend.web.test_cycle_pages import page
from tests.factories.accounts import UserFactory
from tests.factories.cycles import small
from worker.rehearsing import rehearse

pytestmark = pytest.mark.django_db
STEPS = ("name", "aim", "people", "rounds", "challenges", "sharing", "boards", "awards", "looks", "all", "preview", "launch")


@pytest.fixture
def org():
    return UserFactory(name="Org", may_launch=True)


@pytest.fixture
def desk(org):
    client = Client()
    client.force_login(org)
    return client


@pytest.fixture
def draft(org):
    return draft_of(actions.draft_cycle(small(), by=org, start=now() + timedelta(days=7)))


def fields(text):
    """What a browser would send if nobody touched the form: names and values as they stand in it."""
    form = re.search(r"<form[^>]*data-launch.*?</form>", text, re.DOTALL)[0]
    sent = {}
    for tag in re.findall(r"<input[^>]*>", form):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") == "checkbox" and " checked" not in tag:
            continue
        if "name" in attributes:
            sent.setdefault(unescaped(attributes["name"]), []).append(unescaped(attributes.get("value", "")))
    for name, inner in re.findall(r'<textarea[^>]*\sname="([^"]*)"[^>]*>(.*?)</textarea>', form, re.DOTALL):
        sent[unescaped(name)] = [unescaped(inner)]
    for name, inner in re.findall(r'<select[^>]*\sname="([^"]*)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        sent[unescaped(name)] = [unescaped(chosen[1]) if chosen else ""]
    return sent


def unescaped(text):
    for sign, code in (("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#x27;"), ("&", "&amp;")):
        text = text.replace(code, sign)
    return text


def at(draft, step):
    return f"/launch/{draft.cycle_id}/{step}/"


def send(client, path, *, do="save", **changes):
    return client.post(path, {**fields(page(client, path)), **changes, "do": do})


def stored(draft):
    return draft_of(draft.cycle).data


# --- Choosing ---------------------------------------------------------------------------------------------------------------------------


def test_a_playbook_says_what_it_is_for_how_long_and_who_is_needed(desk):
    text = page(desk, "/launch/")
    for said in ("Innovation competition", "about 14 weeks", "teams of 1 to 6", "Organizer, Juror", "Sealed call", "Prize money"):
        assert said in text


def test_choosing_one_makes_a_draft_with_dates(desk, org):
    start = (now() + timedelta(days=30)).date()
    answer = desk.post("/launch/", {"playbook": "innovation-competition", "name": "Clean air", "start": start.isoformat()})
    draft = Draft.objects.get()
    assert answer["Location"] == f"/launch/{draft.cycle_id}/name/"
    assert (draft.cycle.name, draft.cycle.state) == ("Clean air", "draft")
    assert draft.data["rounds"][0]["opens"].startswith(start.isoformat())
    assert "Clean air" in page(desk, "/launch/")
    assert "Clean air" in page(desk, "/desk/")


@pytest.mark.outsider
def test_outsiders_find_no_draft_and_may_begin_none(draft):
    outsiders = Client()
    outsiders.force_login(UserFactory())
    for step in STEPS:
        assert outsiders.get(at(draft, step), follow=True).status_code == 404
    for path in ("tasks/0", "dry-run"):
        assert outsiders.get(f"/launch/{draft.cycle_id}/{path}/").status_code == 404
    for path in ("name", "all", "launch", "move", "discard", "dry-run/start", "dry-run/remove"):
        assert outsiders.post(f"/launch/{draft.cycle_id}/{path}/", {"revision": 1}).status_code in {403, 404}
    assert outsiders.get("/launch/").status_code == 403
    assert outsiders.get(f"/launch/{draft.cycle_id + 1}/").status_code == 404
    assert Client().get(at(draft, "name")).status_code == 302
    assert stored(draft) == draft.data


# --- Writing ----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", STEPS)
def test_every_step_is_a_whole_page(desk, draft, step):
    text = desk.get(at(draft, step), follow=True).content.decode()
    assert text.count('aria-current="step"') == 1
    page(desk, at(draft, step) if step not in {"preview", "launch"} else f"/launch/{draft.cycle_id}/{step}/")


@pytest.mark.parametrize("step", ["name", "aim", "people", "rounds", "challenges", "sharing", "boards", "awards"])
@pytest.mark.parametrize("source", ["innovation-competition", "gamification-season"])
def test_saving_a_page_nobody_touched_changes_nothing_that_counts(desk, org, step, source):
    cycle = actions.draft_cycle(source, by=org)
    draft = draft_of(cycle)
    before = actions.prepared(merged(draft.data, AIMED))
    assert send(desk, at(draft, step)).status_code == 302
    assert actions.prepared(merged(stored(draft), AIMED)) == before


AIMED = {
    "aim": {"measure": "m", "baseline": 1, "target": 2, "date": "2030-01-01"},
    "checks": {"will": "Yes.", "offer": "Yes.", "networks": "Yes."},
}


@pytest.mark.parametrize("number", [0, 1, 2])
def test_saving_a_task_nobody_touched_changes_nothing_that_counts(desk, org, number):
    draft = draft_of(actions.draft_cycle("innovation-competition", by=org))
    before = actions.prepared(merged(draft.data, AIMED))
    assert send(desk, f"/launch/{draft.cycle_id}/tasks/{number}/").status_code == 302
    assert actions.prepared(merged(stored(draft), AIMED)) == before


def test_what_is_wrong_is_kept_and_said_at_its_field(desk, draft):
    send(desk, f"/launch/{draft.cycle_id}/tasks/0/", **{"challenges[0].criteria[0].min": "plenty"})
    text = page(desk, f"/launch/{draft.cycle_id}/tasks/0/")
    assert 'name="challenges[0].criteria[0].min" value="plenty"' in text
    field = re.search(r'data-errors="f-challenges-0-criteria-0-min">(.*?)</ul>', text, re.DOTALL)
    assert "plenty" in field[1]
    assert "<span data-count>1</span>" in page(desk, at(draft, "rounds"))  # the step says so from afar


def test_a_page_checks_itself_while_somebody_types(desk, draft):
    path = at(draft, "aim")
    sent = {**fields(page(desk, path)), "aim.baseline": "many", "checks.will": ""}
    found = desk.post(path, sent, headers={"X-Check": "1"}).json()
    assert found["revision"] == 2
    assert found["errors"]["f-aim-baseline"]["texts"]
    assert found["errors"]["f-checks-will"] == {"texts": ["Answer it, or say why it is left out."], "gap": True}
    assert found["steps"]["aim"] >= 2
    assert stored(draft)["aim"]["baseline"] == "many"


def test_the_rules_stand_in_words_beside_the_form(desk, draft):
    found = desk.post(at(draft, "boards"), fields(page(desk, at(draft, "boards"))), headers={"X-Check": "1"}).json()
    assert "0.3" in found["words"]
    assert "These rules in words" in page(desk, at(draft, "boards"))


def test_somebody_elses_save_is_not_overwritten_and_what_was_typed_stays(desk, draft, org):
    path = at(draft, "name")
    mine = {**fields(page(desk, path)), "cycle.name": "Mine", "do": "save"}
    actions.edit_draft(draft, merged(draft.data, {"cycle": {"name": "Theirs"}}), by=org)
    answer = desk.post(path, mine)
    assert answer.status_code == 409
    assert 'value="Mine"' in answer.content.decode()
    assert stored(draft)["cycle"]["name"] == "Theirs"


def test_questions_are_added_moved_and_taken_away(desk, draft):
    path = f"/launch/{draft.cycle_id}/tasks/0/"
    send(desk, path, do="add:challenges[0].form")
    send(desk, path, do="add:challenges[0].form", **{"challenges[0].form[0].name": "Who?"})
    send(desk, path, do="save", **{"challenges[0].form[1].name": "Which?", "challenges[0].form[1].type": "choice"})
    send(desk, path, do="up:challenges[0].form[1]", **{"challenges[0].form[1].choices": "one\ntwo"})
    form = stored(draft)["challenges"][0]["form"]
    assert [one["name"] for one in form] == ["Which?", "Who?"]
    assert form[0]["choices"] == ["one", "two"]
    send(desk, path, do="remove:challenges[0].form[1]")
    assert [one["name"] for one in stored(draft)["challenges"][0]["form"]] == ["Which?"]


def test_a_field_that_has_no_meaning_for_its_type_goes_with_the_type(desk, draft):
    path = f"/launch/{draft.cycle_id}/tasks/0/"
    send(desk, path, do="add:challenges[0].form")
    send(desk, path, **{"challenges[0].form[0].lines": "5", "challenges[0].form[0].name": "What?"})
    assert stored(draft)["challenges"][0]["form"][0]["lines"] == 5
    send(desk, path, do="redraw", **{"challenges[0].form[0].type": "number"})
    assert "lines" not in stored(draft)["challenges"][0]["form"][0]
    assert "Most characters" not in page(desk, path)


def test_marks_have_meanings_one_per_line(desk, draft):
    path = f"/launch/{draft.cycle_id}/tasks/0/"
    send(desk, path, **{"challenges[0].criteria[0].levels": "1 = Nothing.\n5 = All of it: and more."})
    levels = stored(draft)["challenges"][0]["criteria"][0]["levels"]
    assert levels == [{"value": "1", "text": "Nothing."}, {"value": "5", "text": "All of it: and more."}]


def test_a_panel_takes_severities_off_and_says_how_far_a_mark_may_stray(desk, draft):
    path, panel = f"/launch/{draft.cycle_id}/tasks/0/", "challenges[0].panels[0]"
    if "panels" not in stored(draft)["challenges"][0]:
        send(desk, path, do="add:challenges[0].panels")
    send(desk, path, **{f"{panel}.name": "Jury", f"{panel}.combine": "severity_clip"})
    assert "everity_clip needs a width, in marks" in page(desk, path)
    send(desk, path, **{f"{panel}.band.width": "1.5", f"{panel}.band.around": "median"})
    found = stored(draft)["challenges"][0]["panels"][0]
    assert (found["combine"], found["band"]) == ("severity_clip", {"width": "1.5", "around": "median"})
    assert "everity_clip needs a width" not in page(desk, path)
    send(desk, path, **{f"{panel}.combine": "severity", f"{panel}.band.width": ""})
    assert "around" not in str(stored(draft)["challenges"][0]["panels"][0])
    design = actions.prepared(merged(stored(draft), AIMED))
    assert design.challenges[0].judges_panels[0].combine == "severity"
    assert design.challenges[0].judges_panels[0].band is None


def rewritten(draft, **task):
    """The first task of the rules, with these changes."""
    row = draft_of(draft.cycle)
    row.data = {**row.data, "challenges": [{**row.data["challenges"][0], **task}, *row.data["challenges"][1:]]}
    row.save()


def test_a_panel_is_of_judges_of_the_teams_or_of_the_audience(desk, draft):
    path, panel = f"/launch/{draft.cycle_id}/tasks/0/", "challenges[0].panels[0]"
    rewritten(draft, panels=[{"key": "jury"}, {"key": "crowd", "drop_high": 1}])
    crowd = panel.replace("panels[0]", "panels[1]")
    assert "Votes for each person" not in page(desk, path)
    send(desk, path, do="redraw", **{f"{crowd}.who": "audience"})
    shown = page(desk, path)
    assert "Votes for each person" in shown
    assert "drop_high" not in stored(draft)["challenges"][0]["panels"][1]
    assert "An audience votes on exactly one criterion, found 0" in shown
    send(desk, path, **{f"{crowd}.ballots": "0"})
    assert stored(draft)["challenges"][0]["panels"][1]["ballots"] == 0
    assert "greater than or equal to 1" in page(desk, path)
    send(desk, path, **{f"{crowd}.ballots": "3", f"{crowd}.combine": "sum", f"{panel}.combine": "median"})
    found = stored(draft)["challenges"][0]["panels"]
    assert (found[1]["ballots"], found[1]["combine"], found[0]["combine"]) == (3, "sum", "median")
    rewritten(draft, criteria=[{"key": "idea", "panel": "jury", "min": 1, "max": 5}, {"key": "liked", "panel": "crowd"}])
    assert "An audience votes on exactly one criterion" not in page(desk, path)
    seen = page(desk, f"/launch/{draft.cycle_id}/preview/")
    assert "has 3 votes, each for another entry" in seen
    assert "Under Judging, Votes and peers" in seen
    send(desk, path, do="redraw", **{f"{panel}.who": "peers"})
    send(desk, path, do="redraw", **{f"{crowd}.who": ""})
    again = stored(draft)["challenges"][0]["panels"]
    assert (again[0]["who"], again[0]["combine"]) == ("peers", "median")
    assert "ballots" not in again[1]
    seen = page(desk, f"/launch/{draft.cycle_id}/preview/")
    assert "Your team judges others" in seen
    assert "The audience votes" not in seen


def test_what_is_right_is_written_in_fields_of_its_kind(desk, draft):
    path, answer = f"/launch/{draft.cycle_id}/tasks/0/", "challenges[0].answer"
    send(desk, path, do="redraw", **{"challenges[0].format": "automatic"})
    assert "a challenge of format automatic needs an answer" in page(desk, path).lower()
    send(desk, path, do="redraw", **{f"{answer}.kind": "flag"})
    send(desk, path, **{f"{answer}.values": "Archimedes\nArchimède"})
    assert stored(draft)["challenges"][0]["answer"] == {"kind": "flag", "values": ["Archimedes", "Archimède"]}
    text = page(desk, path)
    assert "The number" not in text
    sent = {**fields(text), f"{answer}.values": ""}
    found = desk.post(path, sent, headers={"X-Check": "1"}).json()
    assert found["errors"]["f-challenges-0-answer"]["texts"]
    send(desk, path, do="redraw", **{f"{answer}.kind": "number"})
    send(desk, path, **{f"{answer}.value": "3.14", f"{answer}.tolerance": "0.01"})
    assert stored(draft)["challenges"][0]["answer"] == {"kind": "number", "value": "3.14", "tolerance": "0.01"}
    send(desk, path, do="redraw", **{f"{answer}.kind": "quiz"})
    send(desk, path, do=f"add:{answer}.questions")
    send(desk, path, **{f"{answer}.questions[0].{name}": value for name, value in QUIZ.items()})
    design = actions.prepared(merged(stored(draft), AIMED))
    assert design.challenges[0].answer.questions[0].correct == ("Na",)
    assert "answer" not in str(design.public()["challenges"][0])
    send(desk, path, do="redraw", **{"challenges[0].format": "rubric"})
    assert "answer" not in stored(draft)["challenges"][0]


QUIZ = {"name": "Sodium?", "choices": "Na\nS\nSo", "correct": "Na", "points": "2"}


def test_looks_partners_and_what_is_kept_have_fields(desk, draft):
    path = at(draft, "looks")
    send(desk, path, do="add:brand.partners")
    send(
        desk,
        path,
        **{
            "brand.accent": "lake",
            "brand.motto": "Clear as water",
            "brand.partners[0].name": "River Trust",
            "brand.partners[0].part": "Sponsor",
            "brand.partners[0].url": "https://example.org/river",
            "retention.files": "30",
        },
    )
    design = actions.prepared(merged(stored(draft), AIMED))
    assert (design.brand.accent, design.brand.motto, design.retention.parts) == ("lake", "Clear as water", {"files": 30})
    assert design.brand.partners[0].url == "https://example.org/river"
    send(desk, path, **{"brand.partners[0].url": "javascript:alert(1)", "retention.files": "soon"})
    text = page(desk, path)
    for field in ("f-brand-partners-0-url", "f-retention-files"):
        assert re.search(rf'data-errors="{field}">\s*<li>', text), field


def test_prizes_are_written_in_money_and_kept_in_cents(desk, draft):
    send(desk, at(draft, "awards"), **{"awards[0].amounts": "1000\n500.50", "awards[0].places[0]": "", "awards[0].places[1]": ""})
    assert stored(draft)["awards"][0]["amounts"] == [100000, 50050]
    assert "places" not in stored(draft)["awards"][0]


def test_money_to_share_and_its_parts_are_written_together(desk, draft):
    awards = {"awards[0].amounts": "", "awards[0].pool": "1500.50", "awards[0].parts": "3, 2, 1"}
    send(desk, at(draft, "awards"), **awards)
    first = stored(draft)["awards"][0]
    assert (first["pool"], first["parts"]) == (150050, ["3", "2", "1"])
    assert actions.prepared(merged(stored(draft), AIMED)).awards[0].parts == (3, 2, 1)
    assert re.search(r'name="awards\[0\]\.pool" value="1500\.50"', page(desk, at(draft, "awards")))
    send(desk, at(draft, "awards"), **{"awards[0].pool": ""})
    assert not {"pool", "parts"} & stored(draft)["awards"][0].keys(), "parts of nothing go with it"


def test_a_badge_is_written_with_what_is_counted_and_for_whom(desk, org):
    draft = draft_of(actions.draft_cycle("gamification-season", by=org))
    fields = {
        "of": "weeks",
        "count": "3",
        "also": "test.acted, idea.shared",
        "first": "2",
        "receiver": "person",
        "event": "post.said",
    }
    send(desk, at(draft, "awards"), **{f"badges[0].{name}": value for name, value in fields.items()}, **{"badges[0].points": ""})
    badge = actions.prepared(merged(stored(draft), AIMED)).badges[0]
    assert (badge.event, badge.of, badge.count, badge.first, badge.receiver) == ("post.said", "weeks", 3, 2, "person")
    assert badge.also == ("test.acted", "idea.shared")


def test_dates_are_written_on_the_clock_of_the_cycle_and_moved_together(desk, draft):
    send(desk, at(draft, "rounds"), **{"rounds[0].opens": "2031-07-01T09:00", "rounds[0].closes": "2031-07-10T09:00"})
    assert stored(draft)["rounds"][0]["opens"] == "2031-07-01T09:00:00+02:00"
    before = stored(draft)["rounds"][0]["closes"]
    answer = desk.post(f"/launch/{draft.cycle_id}/move/", {"start": "2031-07-03T09:00"})
    assert answer.status_code == 302
    assert stored(draft)["rounds"][0]["closes"] != before


def test_a_date_that_is_none_is_kept_as_typed(desk, draft):
    send(desk, at(draft, "rounds"), **{"rounds[0].opens": "next week"})
    text = page(desk, at(draft, "rounds"))
    assert 'value="next week"' in text
    assert "rounds[0].opens" in text


# --- All rules --------------------------------------------------------------------------------------------------------------------------


def test_no_rule_is_out_of_reach_of_the_text(desk, draft):
    path = at(draft, "all")
    text = unescaped(re.search(r"<textarea[^>]*>(.*?)</textarea>", page(desk, path), re.DOTALL)[1])
    answer = desk.post(
        path, {"rules": text.replace("[[awards]]", "[[badges]]\nkey = 'eager'\npoints = 5\n\n[[awards]]"), "do": "save"}
    )
    assert answer.status_code == 200
    assert stored(draft)["badges"] == [{"key": "eager", "points": 5}]


def test_text_that_is_no_toml_is_refused_with_its_line_and_stays(desk, draft):
    answer = desk.post(at(draft, "all"), {"rules": "[cycle]\nkey = water\n", "do": "save"})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert 'data-line="2"' in text
    assert "key = water" in text
    assert stored(draft) == draft.data


def test_a_fault_in_the_text_names_its_line(desk, draft):
    path = at(draft, "all")
    text = unescaped(re.search(r"<textarea[^>]*>(.*?)</textarea>", page(desk, path), re.DOTALL)[1])
    wrong = text.replace('visibility = "summaries"', 'visibility = "loud"')
    shown = desk.post(path, {"rules": wrong, "do": "save"}).content.decode()
    line = wrong.split("\n").index('visibility = "loud"') + 1
    assert f'data-line="{line}"' in shown


# --- Preview, dry run, launch -----------------------------------------------------------------------------------------------------------


def test_a_running_cycle_is_tried_from_its_desk_and_the_trial_removed(desk, org, draft):
    cycle = actions.launch_draft(draft.cycle, by=org)
    rules = f"/cycles/{cycle.key}/desk/rules/"
    assert "Start a dry run" in page(desk, rules)
    outside = Client()
    outside.force_login(UserFactory(may_launch=True))
    assert outside.post(f"/launch/{cycle.pk}/dry-run/start/").status_code == 404
    assert desk.post(f"/launch/{cycle.pk}/dry-run/start/")["Location"] == f"{rules}#dry-run"
    rehearsal = Rehearsal.objects.get()
    assert "0 of 8 steps" in page(desk, rules)
    assert rehearse(rehearsal.pk)
    assert "It was played to the end" in page(desk, rules)
    assert f'href="{rules}#dry-run"' in page(desk, f"/cycles/{rehearsal.cycle.key}/")
    assert not Cycle.objects.get(pk=cycle.pk).groups.exists()
    assert desk.post(f"/launch/{cycle.pk}/dry-run/remove/")["Location"] == f"{rules}#dry-run"
    assert not Cycle.objects.filter(rehearsal=True).exists()


def test_the_desk_of_a_draft_leads_to_where_it_is_written(desk, draft):
    for _key, _label, name in PLACES:
        answer = desk.get(reverse(name, args=[draft.cycle.key]))
        assert answer["Location"] == f"/launch/{draft.cycle_id}/", name
    assert "This cycle is a draft" in desk.get(f"/cycles/{draft.cycle.key}/desk/", follow=True).content.decode()
    outside = Client()
    outside.force_login(UserFactory())
    assert outside.get(f"/cycles/{draft.cycle.key}/desk/").status_code == 404


def test_the_preview_shows_what_each_role_will_see(desk, draft):
    text = page(desk, f"/launch/{draft.cycle_id}/preview/")
    for said in ("A visitor sees", "A team sees", "A judge sees", "households with clean water", "Sealed call", "gold", "impact"):
        assert said in text
    assert "Invented Alder" in text


def test_rules_that_cannot_be_read_are_mended_before_they_are_shown(desk, draft, org):
    actions.edit_draft(draft, merged(draft.data, {"rounds": [{"key": "call", "visibility": "loud"}]}), by=org)
    text = page(desk, f"/launch/{draft.cycle_id}/preview/")
    assert f"/launch/{draft.cycle_id}/rounds/#f-rounds-0-visibility" in text


@pytest.mark.django_db(transaction=True)
def test_from_draft_to_launch_by_pages(desk, draft):
    draft_pk = draft.cycle_id
    send(desk, at(draft, "aim"), **{"checks.will": "", "aim.baseline": "many"})
    launch = f"/launch/{draft_pk}/launch/"
    text = page(desk, launch)
    assert f"/launch/{draft_pk}/aim/#f-aim-baseline" in text
    assert desk.post(launch, {"public": "yes"}).status_code == 422
    send(desk, at(draft, "aim"), **{"checks.will": "They asked.", "aim.baseline": "100"})

    desk.post(f"/launch/{draft_pk}/dry-run/start/")
    rehearsal = Rehearsal.objects.get()
    assert "0 of 8 steps" in desk.get(f"/launch/{draft_pk}/dry-run/").content.decode()
    assert rehearse(rehearsal.pk)
    assert "It was played to the end" in page(desk, launch)
    for part in ("", "rules/", "groups/", "decisions/", "boards/result/"):
        shown = page(desk, f"/cycles/{rehearsal.cycle.key}/{part}")
        assert "Every team, judge and mark in it is invented" in shown
    assert rehearsal.cycle.key not in page(desk, "/cycles/")
    assert rehearsal.cycle.key not in page(desk, "/desk/")
    desk.post(f"/launch/{draft_pk}/dry-run/remove/")
    assert not Cycle.objects.filter(rehearsal=True).exists()

    answer = desk.post(launch, {"public": "yes", "reason": "The time is right."})
    cycle = Cycle.objects.get()
    assert answer["Location"] == f"/cycles/{cycle.key}/desk/"
    assert (cycle.state, cycle.public) == (CycleState.ENROLLING.value, True)
    assert Decision.objects.get(kind="launch").reason == "The time is right."


def test_a_draft_is_thrown_away(desk, draft):
    assert desk.post(f"/launch/{draft.cycle_id}/discard/")["Location"] == "/launch/"
    assert not Cycle.objects.exists()


# --- Amending, following ----------------------------------------------------------------------------------------------------------------


@pytest.fixture
def running(org, draft):
    cycle = actions.launch_draft(draft.cycle, by=org)
    actions.open_round(Round.objects.get(cycle=cycle, key="call"), by=org, reason="Now.")
    cycle.refresh_from_db()
    return cycle


def test_an_amendment_is_read_in_words_and_needs_a_reason(desk, running):
    assert desk.post(f"/cycles/{running.key}/desk/rules/change/")["Location"] == f"/launch/{running.pk}/rounds/"
    draft = draft_of(running)
    send(desk, at(draft, "rounds"), **{"rounds[1].name": "Grand final"})
    launch = f"/launch/{running.pk}/launch/"
    text = page(desk, launch)
    assert "Round “Grand final” · Name" in text
    assert "<h3>The rules in words" not in text  # a new name alone is no other rule
    assert "Sealed call" in text  # has begun
    assert desk.post(launch, {"reason": " "}).status_code == 422
    assert desk.post(launch, {"reason": "It deserves it."})["Location"] == f"/cycles/{running.key}/desk/"
    running.refresh_from_db()
    assert design_of(running).round("final").name == "Grand final"
    shown = page(desk, f"/cycles/{running.key}/desk/rules/")
    assert "It deserves it." in shown
    assert "Grand final" in shown


def test_what_has_begun_cannot_be_changed_and_the_page_says_why(desk, running):
    desk.post(f"/cycles/{running.key}/desk/rules/change/")
    send(desk, f"/launch/{running.pk}/tasks/0/", **{"challenges[0].criteria[0].weight": "3"})
    launch = f"/launch/{running.pk}/launch/"
    text = page(desk, launch)
    assert "has begun" in text
    assert f"/launch/{running.pk}/tasks/0/" in text
    assert desk.post(launch, {"reason": "All the same."}).status_code == 422
    running.refresh_from_db()
    assert running.design_number == 1


def test_the_next_cycle_is_begun_from_the_last_with_its_people(desk, running, org):
    answer = desk.post(f"/cycles/{running.key}/next/", {"carry": ["teams"]})
    draft = Draft.objects.select_related("cycle").get()
    assert answer["Location"] == f"/launch/{draft.cycle_id}/name/"
    assert (draft.cycle.predecessor, draft.carry) == (running, ["teams"])
    assert "Now." in page(desk, f"/launch/{draft.cycle_id}/name/")  # the reason of a decision in the last one
    text = page(desk, f"/launch/{draft.cycle_id}/launch/")
    assert f"From {running.name} bring along" in text
    desk.post(f"/launch/{draft.cycle_id}/launch/", {"carry": ["teams", "judges"], "public": "yes"})
    launched = Cycle.objects.get(pk=draft.cycle_id)
    assert launched.state == "enrolling"
    assert launched.series is not None


@pytest.mark.outsider
def test_outsiders_neither_amend_nor_follow(running):
    outsider = Client()
    outsider.force_login(UserFactory(may_launch=True))
    for path in ("desk/rules/change/", "next/"):
        assert outsider.post(f"/cycles/{running.key}/{path}").status_code == 404
    assert outsider.get(f"/cycles/{running.key}/desk/rules/").status_code == 404
    assert not Draft.objects.exists()


# --- How many statements ----------------------------------------------------------------------------------------------------------------


def test_pages_ask_as_much_for_many_rows_as_for_few(desk, org, draft):
    many = draft_of(actions.draft_cycle(small(), by=org, start=now() + timedelta(days=7)))
    data = many.data
    task = data["challenges"][0]
    data["challenges"] += [{**task, "key": f"task-{number}"} for number in range(60)]
    data["awards"] += [{"key": f"award-{number}", "places": [1, 1]} for number in range(60)]
    actions.edit_draft(many, data, by=org)
    for step in (*STEPS, "tasks/0"):
        counts = []
        for one in (draft, many):
            with CaptureQueriesContext(connection) as sent:
                desk.get(f"/launch/{one.cycle_id}/{step}/")
            counts.append(len(sent))
        assert counts[0] == counts[1], step
        assert counts[0] <= 12, step


def test_the_list_of_playbooks_and_drafts_takes_as_many_statements_for_many_as_for_few(desk, org):
    counts = []
    for number in (3, 30):
        for _ in range(number):
            actions.draft_cycle(small(), by=org)
        with CaptureQueriesContext(connection) as sent:
            page(desk, "/launch/")
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 12


# --- Between rounds ---------------------------------------------------------------------------------------------------------------------


def test_a_study_after_a_round_is_set_moved_and_taken_away(desk, org):
    rounds = [
        {"key": "call", "opens": "2031-07-01T09:00:00+00:00", "closes": "2031-07-10T09:00:00+00:00"},
        {"key": "final", "opens": "2031-08-01T09:00:00+00:00", "closes": "2031-08-10T09:00:00+00:00"},
    ]
    draft = draft_of(actions.draft_cycle(small(rounds=rounds), by=org, start=now() + timedelta(days=7)))
    path = at(draft, "rounds")
    assert "A study after it" in page(desk, path)
    dates = {"rounds[0].study.begins": "2031-07-12T09:00", "rounds[0].study.ends": "2031-07-30T09:00"}
    send(desk, path, **dates, **{"rounds[0].study.reads": "4"})
    held = stored(draft)
    assert held["rounds"][0]["study"]["reads"] == 4
    assert held["rounds"][0]["study"]["begins"].startswith("2031-07-12T09:00")
    assert "study" not in held["rounds"][1]
    assert "Teams study each other's work from Sat 12 July 2031" in unescaped(page(desk, path))
    early = page(desk, path) and send(desk, path, **{"rounds[0].study.begins": "2031-07-05T09:00"})
    assert "before round" in early.content.decode() or "before round" in page(desk, path)
    send(desk, path, **{"rounds[0].study.begins": "", "rounds[0].study.ends": "", "rounds[0].study.reads": ""})
    assert "study" not in stored(draft)["rounds"][0]


def test_how_teams_learn_from_each_other_is_set_and_taken_back(desk, org):
    roles = [{"key": "captain", "capabilities": ["captain", "submit"]}, {"key": "expert", "capabilities": ["advise"]}]
    draft = draft_of(actions.draft_cycle(small(roles=roles), by=org, start=now() + timedelta(days=7)))
    path = at(draft, "sharing")
    assert "What went wrong" in page(desk, path)
    send(desk, path, **{"sharing.first": "failures", "reply_days": "3", "office_hours.quota": "3", "office_hours.per": "round"})
    held = stored(draft)
    assert (held["sharing"]["first"], held["reply_days"]) == ("failures", 3)
    assert held["office_hours"] == {"quota": 3, "per": "round"}
    send(desk, path, **{"sharing.required": ["went_wrong", "ask"], "peers": "on"})
    held = stored(draft)
    assert (held["sharing"]["required"], held["peers"]) == (["went_wrong", "ask"], True)
    send(desk, path, **{"office_hours.quota": "", "office_hours.per": ""})
    assert "office_hours" not in stored(draft)
