"""Publishing in pages: looked at, departed from with reasons, confirmed, carried out; the record of decisions; nothing of it for others."""

import csv
import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from backend.cache import PatientCache
from games.cycles.models import Decision
from games.cycles.rules import DecisionKind
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.judging.models import Deliberation, Mark
from games.progression.actions import decide
from games.results.models import RecomputeRun
from games.results.queries.preview import missing
from games.rounds.models import Entrant, Round
from leaderboards.models import Snapshot
from tests.backend.web.test_board_pages import MOST_STATEMENTS
from tests.cast import Cast, actor
from tests.factories.groups import MembershipFactory
from tests.factories.results import Played, judge_final, water
from tests.factories.submissions import without_designs
from tests.worker.test_reactions import dead_port
from worker import desk as work
from worker.steps import do_step, recompute_now

pytestmark = pytest.mark.django_db
TIED = [{"board": "call", "to": "final", "first": 2, "ties": "decide", "wildcards": 1}]


def words(response: Any) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


class Scene:
    """The judged water competition with an organizer in a browser."""

    def __init__(self, **changes: Any) -> None:
        self.played: Played = water(**changes)
        self.org = actor("olga")
        MembershipFactory(
            group=None, cycle=self.played.cycle, person=self.org.person, role="organizer", capabilities=["organize"]
        )
        self.client: Client = self.org.client
        self.desk = f"/cycles/{self.played.cycle.key}/desk/"
        self.call = f"{self.desk}publish/call/"

    def digest(self) -> str:
        return re.findall(r'name="expected" value="(\w{64})"', words(self.client.get(f"{self.call}confirm/")))[0]

    def confirm(self, **sent: str) -> Any:
        return self.client.post(f"{self.call}confirm/", {"expected": self.digest()} | sent)

    def work(self) -> RecomputeRun:
        """The worker goes through the run."""
        run = RecomputeRun.objects.filter(kind="settle").latest("pk")
        while run.state in {"waiting", "running"}:
            assert do_step(run.pk) is not None
            run.refresh_from_db()
        return run


@pytest.fixture
def scene() -> Scene:
    return Scene()


# --- The preview ----------------------------------------------------------------------------------------------------------------------


def test_the_index_leads_to_the_round_that_is_ready(scene: Scene) -> None:
    text = words(scene.client.get(f"{scene.desk}publish/"))
    assert "Sealed call has ended" in text
    assert f'href="{scene.call}"' in text


def test_the_page_shows_board_cut_and_what_is_missing_before_it_counts(scene: Scene) -> None:
    scene.played.sheet("concept", "brook", "jury", 5, {}, state="assigned")
    text = words(scene.client.get(scene.call))
    assert "1 entry has no score" in text
    assert "Fjord, concept: Too few marks for a score." in text
    assert "Judge 5: 1 open" in text
    assert "Brook, Delta share the last place that goes on: by the rules all of them do." in text
    assert re.search(r'class="[^"]*is-cut[^"]*">.{0,400}Delta', text)
    assert 'way-wildcard">wildcard' in text
    assert "This is the first version of this board" in text
    assert not Snapshot.objects.exists()
    assert not JournalEntry.objects.filter(kind=Kind.ROUND_PUBLISHED).exists()


def test_a_round_that_has_not_begun_and_one_that_is_open_say_so(cast: Cast, scene: Scene) -> None:
    Round.objects.filter(pk=scene.played.rounds["call"].pk).update(closes_at=now() + timedelta(days=1))
    text = words(scene.client.get(scene.call))
    assert "Still open: this is how it stands so far." in text
    assert "It can be published once entries are closed." in text
    assert "Publish…" not in text
    assert "This round has not begun" in words(cast.org.client.get("/cycles/water/desk/publish/final/"))
    assert "No board counts this round" in words(cast.org.client.get("/cycles/water/desk/publish/call/"))
    assert cast.org.client.get("/cycles/water/desk/publish/nowhere/").status_code == 404


def test_the_pages_ask_as_much_for_many_groups_as_for_few(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "KEEP_MOVING", work.KEEP)  # a slow machine must not see it computed anew in the middle

    def counts() -> list[int]:
        found = []
        for path in (
            f"{scene.desk}publish/",
            scene.call,
            f"{scene.call}?group=aqua",
            f"{scene.call}confirm/",
            f"{scene.desk}decisions/",
            f"{scene.desk}decisions/decisions.csv",
        ):
            assert scene.client.get(path).status_code == 200  # the preview is computed once, then kept
            with CaptureQueriesContext(connection) as sent:
                assert scene.client.get(path).status_code == 200
            found.append(len(without_designs(sent)))
        return found

    few = counts()
    for number in range(30):
        group = scene.played.cycle.groups.create(key=f"g{number}", name=f"Group {number}")
        scene.played.groups[group.key] = group
        for judge in range(3):
            scene.played.sheet("concept", group.key, "jury", judge, {"impact": 3, "novelty": 3, "feasibility": 3})
        decide(scene.played.cycle, DecisionKind.STOP, by=None, reason="As an example.", group=group.key, round="final")
    many = counts()
    assert few == many
    assert max(many) <= 12


def test_a_preview_is_computed_by_a_worker_and_the_page_waits(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "WAIT", 0.1)
    told: list[str] = []
    monkeypatch.setattr(work, "publish", lambda _task, key: told.append(key) or True)
    scene.client.get(scene.desk)
    with CaptureQueriesContext(connection) as sent:
        text = words(scene.client.get(scene.call))
    assert "The preview is being computed" in text
    assert len(without_designs(sent)) <= MOST_STATEMENTS, "XX".join(without_designs(sent))
    [key] = told
    fragment = scene.client.get(f"{scene.desk}jobs/{key}/")
    assert f'hx-get="{scene.desk}jobs/{key}/"' in words(fragment)
    assert "HX-Refresh" not in fragment
    work.carry_out(key)
    assert scene.client.get(f"{scene.desk}jobs/{key}/")["HX-Refresh"] == "true"
    assert "Goes on to Pitch" in words(scene.client.get(scene.call))
    assert told == [key]


def test_a_round_can_be_published_while_the_cache_is_away(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = PatientCache(f"redis://127.0.0.1:{dead_port()}/1", {"OPTIONS": {"socket_connect_timeout": 0.2}})
    monkeypatch.setattr(work, "cache", gone)
    assert "Goes on to Pitch" in words(scene.client.get(scene.call))
    assert "?run=" in scene.confirm().url
    assert scene.work().state == "done"


# --- Departures -----------------------------------------------------------------------------------------------------------------------


def test_a_departure_needs_a_reason_keeps_what_was_typed_and_is_seen_at_once(scene: Scene) -> None:
    sent = {"group": "aqua", "board": "call", "act": "stop:final", "reason": ""}
    refused = scene.client.post(f"{scene.call}depart/", sent)
    assert refused.status_code == 422
    assert re.search(r'value="stop:final"[^>]*checked', words(refused))
    assert scene.client.post(f"{scene.call}depart/", sent | {"reason": "Cannot come."}).status_code == 302
    text = words(scene.client.get(scene.call))
    assert "Out by decision: Aqua" in text
    decision = Decision.objects.get(kind="stop")
    assert (decision.published_at, decision.reason, decision.by) == (None, "Cannot come.", scene.org.user)
    back = scene.client.post(f"{scene.desk}decisions/{decision.pk}/revoke/", {"reason": "They can.", "next": scene.call})
    assert back.url == scene.call
    assert "Out by decision" not in words(scene.client.get(scene.call))


@pytest.mark.parametrize(
    ("group", "sent", "kept"),
    [
        ("cloud", {"act": "invite:final"}, ("advance", "final", "", "")),
        ("cloud", {"act": "equal", "other": "estuary"}, ("equal", "", "estuary", "")),
        ("brook", {"act": "break", "position": "2"}, ("break", "", "", "2")),
        ("delta", {"act": "disqualify"}, ("disqualify", "call", "", "")),
        ("delta", {"act": "withdraw"}, ("withdraw", "call", "", "")),
    ],
)
def test_every_kind_of_departure_is_recorded(scene: Scene, group: str, sent: dict[str, str], kept: tuple[str, ...]) -> None:
    whole = {"group": group, "board": "call", "reason": "The jury says so."} | sent
    assert scene.client.post(f"{scene.call}depart/", whole).status_code == 302
    last = Decision.objects.latest("number")
    assert (last.kind, last.round, last.other, last.value) == kept
    assert scene.client.get(scene.call).status_code == 200


def test_what_cannot_be_decided_is_refused_in_words(scene: Scene) -> None:
    for sent in ({"act": "equal"}, {"act": "advance:final:call"}, {"act": "award:gold"}, {"act": "nonsense"}):
        answer = scene.client.post(f"{scene.call}depart/", {"group": "cloud", "board": "call", "reason": "Why not."} | sent)
        assert answer.status_code == 422, sent
    assert scene.client.post(f"{scene.call}depart/", {"group": "nobody", "board": "call"}).status_code == 404
    assert Decision.objects.count() == 1


def test_a_tie_at_the_line_is_decided_by_choosing_as_many_as_may_pass() -> None:
    scene = Scene(cuts=TIED)
    text = words(scene.client.get(scene.call))
    assert "These share the place at the line, and 1 of them can go on." in text
    assert "A tie waits for your decision." in text
    assert "Publish…" not in text
    sent = {"cut": "call:final", "tie-call-final-reason": "Drawn by lot."}
    assert "Choose 1 of them." in words(
        scene.client.post(f"{scene.call}tie/", sent | {"tie-call-final-groups": ["brook", "delta"]})
    )
    assert scene.client.post(f"{scene.call}tie/", sent | {"tie-call-final-groups": ["delta"]}).status_code == 302
    assert "Publish…" in words(scene.client.get(scene.call))
    assert scene.confirm().status_code == 302
    assert scene.work().state == "done"
    assert set(Entrant.objects.values_list("group__key", flat=True)) == {"aqua", "delta", "estuary"}


@pytest.mark.outsider("desk-begin-tie")
def test_a_tie_is_talked_about_from_the_publish_page_and_the_chairs_word_settles_it() -> None:
    scene = Scene(cuts=TIED)
    recompute_now(scene.played.cycle)
    chair, ada = actor("chair"), actor("ada")
    held = {"group": None, "cycle": scene.played.cycle}
    MembershipFactory.create(person=chair.person, role="judge", capabilities=["judge"], **held)
    scene.played.challenges["concept"].panelists.create(panel="jury", person=chair.person, chair=True)
    begin, sent = f"{scene.desk}judging/doubts/tie/", {"cut": "call:final", "back": scene.call}
    assert f'action="{begin}"' in words(scene.client.get(scene.call))
    second = words(scene.client.get(f"{scene.desk}judging/doubts/"))
    assert "Brook, Delta" in second
    assert "They share the place at the line: 1 of them can go on to Pitch." in second
    for other in (chair, ada):
        assert other.client.post(begin, sent | {"why": "x"}).status_code == 404
    refused = words(scene.client.post(begin, sent | {"why": " "}, follow=True))
    assert "Say it in words." in refused
    assert "not there any more" in words(scene.client.post(begin, {"cut": "call:nowhere", "why": "x"}, follow=True))
    room = words(scene.client.post(begin, sent | {"why": "Level at the line."}, follow=True))
    assert "A tie at the line: 1 of these goes on to Pitch." in room
    talk = Deliberation.objects.get(group__key="delta")
    text = words(scene.client.get(scene.call))
    assert "who goes on is decided there" in text
    assert "Decide the tie" not in text
    form = {"cut": "call:final", "tie-call-final-reason": "By lot.", "tie-call-final-groups": ["brook"]}
    assert "This tie is talked about" in words(scene.client.post(f"{scene.call}tie/", form, follow=True))
    decide_it = f"/deliberations/{talk.pk}/decide/"
    assert ada.client.post(decide_it, {"go": [str(talk.pk)], "outcome": "Mine."}).status_code == 404
    kept = words(chair.client.post(decide_it, {"outcome": "Delta measured longer."}, follow=True))
    assert "choose 1 of them" in kept
    assert "Delta measured longer." in kept
    done = words(chair.client.post(decide_it, {"go": [str(talk.pk)], "outcome": "Delta measured longer."}, follow=True))
    assert "Decided. It stands in the record" in done
    text = words(scene.client.get(scene.call))
    assert "Publish…" in text
    assert "Delta measured longer." in text
    assert "Brook, Delta" not in words(scene.client.get(f"{scene.desk}judging/doubts/"))


# --- Publishing it --------------------------------------------------------------------------------------------------------------------


def test_the_confirmation_says_what_will_happen(scene: Scene) -> None:
    text = words(scene.client.get(f"{scene.call}confirm/"))
    assert "Published, never to change again: result (version 1), call (version 1)." in text
    assert "Once published, everybody sees scores and boards." in text
    assert "0 people with an account are told" in text
    assert "4 teams go on to Pitch." in text
    fragment = scene.client.get(f"{scene.call}confirm/", headers={"HX-Request": "true"})
    assert "<html" not in words(fragment)
    assert "Publish Sealed call?" in words(fragment)


def test_a_confirmed_round_is_published_step_by_step_as_it_was_looked_at(scene: Scene) -> None:
    shown = work.preview_of(Round.objects.select_related("cycle").get(pk=scene.played.rounds["call"].pk))
    asked = scene.confirm()
    run = RecomputeRun.objects.get()
    assert (asked.url, run.expected, run.publish) == (f"{scene.call}?run={run.pk}", shown.digest, True)
    progress = f"{scene.desk}publish/runs/{run.pk}/"
    assert 'hx-trigger="every 1s"' in words(scene.client.get(progress))
    assert "Publishing Sealed call" in words(scene.client.get(asked.url))
    do_step(run.pk)
    assert re.search(r'step-done"><span aria-hidden="true"></span>Entries are locked', words(scene.client.get(progress)))
    assert scene.work().state == "done"
    text = words(scene.client.get(progress))
    assert "Sealed call is published" in text
    assert "hx-get" not in text
    assert "4 teams go on" in text
    board = shown.board("call")
    assert board is not None
    rows = Snapshot.objects.get(board__key="call").rows
    assert [(row["entry"], row["place"], row["score"]) for row in rows] == [
        (r["group"], r["place"], r["score"]) for r in board.rows
    ]


def test_what_has_changed_since_the_look_is_not_published_and_one_is_asked_to_look_again(scene: Scene) -> None:
    before = scene.digest()
    decide(scene.played.cycle, DecisionKind.STOP, by=None, reason="Left.", group="brook", round="final")
    answer = scene.client.post(f"{scene.call}confirm/", {"expected": before}, follow=True)
    assert "Something has changed since you looked" in words(answer)
    assert not RecomputeRun.objects.exists()
    scene.confirm()
    Mark.objects.filter(sheet__group=scene.played.groups["cloud"]).update(value=10_000)  # behind everybody's back
    assert scene.work().state == "failed"
    text = words(scene.client.get(f"{scene.call}?run={RecomputeRun.objects.get().pk}"))
    assert "Nothing was published" in text
    assert "Look at it again" in text
    assert not Snapshot.objects.exists()
    assert "35" in words(scene.client.get(f"{scene.call}?fresh=1"))


def test_a_correction_needs_a_reason_and_shows_what_it_changes(scene: Scene) -> None:
    scene.confirm()
    scene.work()
    Mark.objects.filter(sheet__group=scene.played.groups["cloud"]).update(value=10_000)
    text = words(scene.client.get(f"{scene.call}?fresh=1"))
    assert "What changes since version 1" in text
    assert "Publish a correction…" in text
    assert re.search(r"<strong>Cloud</strong> <span>place 4 → 5, score 55.83 → ", text)
    refused = scene.confirm()
    assert refused.status_code == 422
    assert "A correction needs a reason" in words(refused)
    assert scene.confirm(reason="A sheet was mixed up.").status_code == 302
    scene.work()
    assert list(Snapshot.objects.filter(board__key="call").order_by("number").values_list("number", "reason")) == [
        (1, ""),
        (2, "A sheet was mixed up."),
    ]


def test_too_early_is_said_in_words(cast: Cast) -> None:
    path = "/cycles/water/desk/publish/call/confirm/"
    found = re.findall(r'name="expected" value="(\w{64})"', words(cast.org.client.get(path)))
    answer = cast.org.client.post(path, {"expected": found[0]})
    assert answer.status_code == 422
    assert "still takes entries" in words(answer)


# --- The record -----------------------------------------------------------------------------------------------------------------------


def test_the_record_is_filtered_searched_and_taken_out_as_a_table(scene: Scene) -> None:
    cycle = scene.played.cycle
    decide(cycle, DecisionKind.STOP, by=scene.org.user, reason="Left the country.", group="brook", round="final")
    decide(cycle, DecisionKind.DISQUALIFY, by=scene.org.user, reason="=2+2 copied", group="cloud", round="call")
    log = f"{scene.desk}decisions/"

    def found(query: str) -> set[str]:
        return set(re.findall(r'id="decision-(\d+)"', words(scene.client.get(f"{log}?{query}"))))

    assert found("") == {"1", "2", "3"}
    assert found("kind=stop") == {"2"}
    assert found("round=call") == {"3"}
    assert found("group=estuary") == {"1"}
    assert found("q=country") == {"2"}
    assert found("q=clou") == {"3"}
    assert found("state=waiting") == {"1", "2", "3"}
    assert "Nothing fits" in words(scene.client.get(f"{log}?q=%00nothing"))
    answer = scene.client.get(f"{log}decisions.csv?kind=disqualify")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    [row] = csv.DictReader(io.StringIO(answer.content.decode().removeprefix("\ufeff")))
    assert (row["number"], row["group"], row["reason"], row["decider"]) == ("3", "cloud", "'=2+2 copied", "Olga")


def test_taking_back_needs_a_reason_and_leads_nowhere_else(scene: Scene) -> None:
    decision = Decision.objects.get()
    path = f"{scene.desk}decisions/{decision.pk}/revoke/"
    scene.client.post(path, {"reason": ""})
    decision.refresh_from_db()
    assert decision.revoked_at is None
    answer = scene.client.post(path, {"reason": "Not needed.", "next": "https://evil.example/"})
    assert answer.url == f"{scene.desk}decisions/"
    decision.refresh_from_db()
    assert decision.revoked_at is not None


# --- Nobody else ----------------------------------------------------------------------------------------------------------------------


def test_outsiders_find_nothing_and_change_nothing(cast: Cast, scene: Scene) -> None:
    key = scene.played.cycle.key
    MembershipFactory(group=None, cycle=scene.played.cycle, person=cast.judith.person, role="judge", capabilities=["judge"])
    scene.confirm()
    run = RecomputeRun.objects.get()
    job = work.ask("verify", scene.played.cycle, "public", here=True)
    desk = f"/cycles/{key}/desk/"
    reads = [
        "publish/",
        "publish/call/",
        "publish/call/confirm/",
        f"publish/runs/{run.pk}/",
        f"jobs/{job.key}/",
        "decisions/",
        "decisions/decisions.csv",
    ]
    writes = [
        "publish/call/confirm/",
        "publish/call/depart/",
        "publish/call/tie/",
        f"decisions/{Decision.objects.get().pk}/revoke/",
    ]
    for someone in (cast.ada, cast.judith, cast.eve, cast.org):  # an organizer of another cycle is outside too
        for path in reads:
            assert someone.client.get(desk + path).status_code == 404, path
        for path in writes:
            assert someone.client.post(desk + path, {"expected": "x", "reason": "x"}).status_code == 404, path
    for path in reads:
        assert cast.visitor.client.get(desk + path).status_code == 302
    assert cast.org.client.get(f"/cycles/water/desk/jobs/{job.key}/").status_code == 404
    assert cast.org.client.get(f"/cycles/water/desk/publish/runs/{run.pk}/").status_code == 404
    assert Decision.objects.get().revoked_at is None


def test_missing_counts_attempts_only_where_there_are_some(scene: Scene) -> None:
    round_ = Round.objects.select_related("cycle").get(pk=scene.played.rounds["call"].pk)
    with CaptureQueriesContext(connection) as sent:
        found = missing(round_)
    assert (len(without_designs(sent)), found.pending) == (1, 0)


def test_the_final_is_published_with_its_awards(scene: Scene) -> None:
    scene.confirm()
    scene.work()
    judge_final(scene.played)
    scene.call = f"{scene.desk}publish/final/"
    text = words(scene.client.get(scene.call))
    assert "Awards" in text
    assert "5,000 EUR" in text
    assert "?run=" in scene.confirm().url
    assert scene.work().state == "done"
    assert "8 awards are nominated" in words(
        scene.client.get(f"{scene.desk}publish/runs/{RecomputeRun.objects.latest('pk').pk}/")
    )
