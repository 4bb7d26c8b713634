"""A bundle becomes a cycle: whole or not at all, with people who cannot sign in and rounds that know whether they are over."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.utils.timezone import now

from games.bundles.actions import export_files, import_bundle, import_path
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.challenges.models import Challenge
from games.cycles.models import Cycle, Decision, Series
from games.cycles.queries import design_of
from games.errors import Invalid
from games.groups.models import Group, Membership
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.judging.models import ConflictOfInterest, Mark, Panelist, Sheet
from games.notices.models import Message
from games.organizations.models import Organization, Person
from games.progression.rules import CycleKeyTaken, SeriesTaken
from games.results.models import ChallengeScore
from games.rounds.models import Round
from games.submissions.models import Attempt, Submission, Version
from leaderboards.models import Board, Snapshot, Standing
from tests.cast import Cast
from tests.factories.accounts import UserFactory
from tests.games.bundles.conftest import Build

pytestmark = pytest.mark.django_db

PEOPLE = "person,name,role,group,email\nj,Jo,judge,,jo@example.org\nk,Kim,judge,,\ncap,Cap,captain,a,cap@example.org\nmem,Mem,member,a,\n"
FIXTURES = Path(__file__).parent / "fixtures"


def arrived(build: Build, changes: Mapping[str, str | bytes | None] | None = None, **values: object) -> Cycle:
    return import_bundle(read_bundle(build(changes)), **values)  # type: ignore[arg-type]


def test_people_are_unclaimed_and_keyed_in_the_organization(build: Build) -> None:
    cycle = arrived(build, {"people.csv": PEOPLE})
    assert cycle.organization is not None
    assert (cycle.organization.key, cycle.imported) == ("small", True)
    people = {one.key: one for one in Person.objects.filter(organization=cycle.organization)}
    assert {key: (one.name, one.email, one.user_id) for key, one in people.items()} == {
        "j": ("Jo", "jo@example.org", None),
        "k": ("Kim", "", None),
        "cap": ("Cap", "cap@example.org", None),
        "mem": ("Mem", "", None),
    }
    held = {
        (one.person.key, one.group.key if one.group else ""): one.capabilities
        for one in Membership.objects.select_related("person", "group")
    }
    assert held == {("j", ""): ["judge"], ("k", ""): ["judge"], ("cap", "a"): ["submit", "captain"], ("mem", "a"): ["submit"]}


def test_judges_without_a_row_of_their_own_are_made_known(build: Build) -> None:
    arrived(build)
    assert set(Membership.objects.values_list("person__key", "role")) == {("j", "judge"), ("k", "judge")}
    assert set(Panelist.objects.values_list("person__key", "panel")) == {("j", "jury"), ("k", "jury")}


def test_marks_become_final_sheets_and_a_recused_judge_gives_the_sheet_back(build: Build) -> None:
    cycle = arrived(build)
    sheets = {(one.group.key, one.judge.key): one.state for one in Sheet.objects.select_related("group", "judge")}
    assert sheets == {("a", "j"): "final", ("b", "j"): "final", ("d", "j"): "final", ("a", "k"): "recused"}
    assert sorted(Mark.objects.exclude(value=None).values_list("value", flat=True)) == [400_000, 500_000, 600_000]
    assert design_of(cycle).mark_decimals == 4


def test_comments_and_feedback_come_along(build: Build) -> None:
    marks = 'round,challenge,group,judge,criterion,value,comment,feedback\none,c,a,j,m,50,"tab\there, \\ and\nline",Well done\none,c,a,j,n,,,\n'
    arrived(build, {"marks.csv": marks})
    assert Mark.objects.get(criterion="m").comment == "tab\there, \\ and\nline"
    assert Mark.objects.get(criterion="n").value is None
    assert Sheet.objects.get().comment == "Well done"


def test_a_whole_cycle_lands_in_few_statements(build: Build, django_assert_max_num_queries: object) -> None:
    bundle = read_bundle(build({"people.csv": PEOPLE}))
    with django_assert_max_num_queries(90):  # type: ignore[operator]
        import_bundle(bundle)


def test_versions_the_highest_counts_and_drafts_do_not(build: Build) -> None:
    rows = (
        "round,challenge,group,version,at,status,days,title,tags,entry\n"
        "one,c,a,1,2027-01-02T10:00:00Z,submitted,1,First,,\n"
        "one,c,a,2,2027-01-03T10:00:00Z,submitted,2,Second,x,\n"
        "one,c,a,3,2027-01-04T10:00:00Z,draft,3,Third,,\n"
        "one,c,b,,,withdrawn,,Gone,,\n"
        "one,c,d,,,draft,,Mine,,\n"
    )
    arrived(build, {"submissions.csv": rows})
    entries = {one.group.key: one for one in Submission.objects.select_related("group", "pinned")}
    assert {key: one.state for key, one in entries.items()} == {"a": "submitted", "b": "withdrawn", "d": "draft"}
    pinned = entries["a"].pinned
    assert pinned is not None
    assert (pinned.number, pinned.fields, pinned.data) == (2, {"days": 20_000}, {"title": "Second", "tags": "x"})
    assert Version.objects.filter(submission=entries["a"]).count() == 2
    assert (entries["d"].draft, entries["d"].pinned) == ({"title": "Mine"}, None)
    assert set(Sheet.objects.filter(group__key="a").values_list("version", flat=True)) == {pinned.pk}


def test_attempts_are_numbered_in_order_of_time(build: Build) -> None:
    rows = "round,challenge,group,at,verdict,value\none,run,a,0:10:00,,12.5\none,run,a,0:05:00,,13\none,run,b,2027-01-01T10:00:00,,14\n"
    arrived(build, {"attempts.csv": rows})
    found = [
        (one.group.key, one.number, one.elapsed_ms, one.value)
        for one in Attempt.objects.select_related("group").order_by("group__key", "number")
    ]
    assert found == [("a", 1, 300_000, 130_000), ("a", 2, 600_000, 125_000), ("b", 1, 3_600_000, 140_000)]
    assert Attempt.objects.get(group__key="b").at == datetime(2027, 1, 1, 9, tzinfo=UTC)


def test_decisions_keep_their_order_and_are_public_with_their_round(build: Build) -> None:
    rows = "at,kind,round,group,reason,decider\n2027-02-02T10:00:00Z,stop,two,b,later,Ruth\n2027-01-02T10:00:00Z,stop,two,a,sooner,\n"
    arrived(build, {"decisions.csv": rows})
    assert list(Decision.objects.values_list("number", "group", "reason", "decider")) == [
        (1, "a", "sooner", ""),
        (2, "b", "later", "Ruth"),
    ]


def test_assignments_and_conflicts(build: Build) -> None:
    arrived(
        build,
        {
            "people.csv": PEOPLE,
            "assignments.csv": "round,challenge,group,judge,panel\none,c,,j,\none,c,b,k,jury\none,c,a,k,jury\n",
            "conflicts.csv": "judge,group,reason\nk,d,cousin\n",
        },
    )
    assert set(Panelist.objects.values_list("challenge__key", "person__key")) == {("c", "j"), ("c", "k")}
    assert {(one.group.key, one.judge.key): one.state for one in Sheet.objects.select_related("group", "judge")}[
        "b", "k"
    ] == "assigned"
    assert ConflictOfInterest.objects.get().reason == "cousin"


PANELS = (
    "round,challenge,judge,panel,topics,languages,max_load,chair,left\n"
    "one,c,j,jury,water|clean air,en|fr,7,yes,\none,c,k,jury,,,,,2027-02-01T10:00:00+00:00\n"
)
CONFLICTS = (
    "judge,group,reason,kind,source,lifted,lifted_reason\n"
    "j,a,Was in a team,teammate,system,,\nk,d,cousin,declared,team,2027-02-01T10:00:00+00:00,Another cousin\n"
)


def test_what_is_known_of_judges_and_of_conflicts_goes_out_and_comes_in_again(build: Build) -> None:
    files = {"people.csv": PEOPLE, "assignments.csv": PANELS, "conflicts.csv": CONFLICTS}
    cycle = arrived(build, files)
    seats = Panelist.objects.order_by("person__key")
    assert [(one.topics, one.languages, one.max_load, one.chair, one.left_at is None) for one in seats] == [
        (["water", "clean air"], ["en", "fr"], 7, True, True),
        ([], [], None, False, False),
    ]
    found = ConflictOfInterest.objects.order_by("person__key")
    assert [(one.kind, one.source, one.lifted_at is None, one.lifted_reason) for one in found] == [
        ("teammate", "system", True, ""),
        ("declared", "team", False, "Another cousin"),
    ]
    out = {name: content.decode() for name, content in export_files(cycle, audience="organizers").items()}
    assert out["assignments.csv"] == PANELS
    assert out["conflicts.csv"] == CONFLICTS
    for audience in ("judges", "public"):
        text = "".join(content.decode() for content in export_files(cycle, audience=audience).values())
        assert not [word for word in ("clean air", "Another cousin", "Was in a team") if word in text]


# --- States -----------------------------------------------------------------------------------------------------------------------------


def test_rounds_without_times_are_over_as_far_as_there_is_work(build: Build) -> None:
    rules = 'format = 1\ncycle = { key = "s" }\nrounds = [{ key = "one" }, { key = "two" }, { key = "three" }]\nboards = [{ key = "b" }]\nchallenges = [{ key = "c", criteria = [{ key = "m" }] }]\n'
    marks = "round,challenge,group,judge,criterion,value\ntwo,c,a,j,m,5\n"
    cycle = arrived(build, {"cycle.toml": rules, "marks.csv": marks})
    assert list(cycle.rounds.order_by("number").values_list("settled_state", flat=True)) == ["closed", "closed", "planned"]
    assert cycle.state == "running"
    assert Snapshot.objects.filter(board__scope=cycle.pk).count() == 1


def test_a_cycle_still_to_come_enrolls_and_publishes_nothing(build: Build) -> None:
    soon = (now() + timedelta(days=30)).isoformat()
    rules = f'format = 1\ncycle = {{ key = "s" }}\nrounds = [{{ key = "one", opens = {soon} }}]\nboards = [{{ key = "b" }}]\nchallenges = [{{ key = "c", criteria = [{{ key = "m" }}] }}]\n'
    cycle = arrived(build, {"cycle.toml": rules, "marks.csv": None})
    assert (cycle.state, Round.objects.get(cycle=cycle).settled_state) == ("enrolling", "planned")
    assert not Snapshot.objects.exists()
    assert set(Board.objects.filter(scope=cycle.pk).values_list("key", flat=True)) == {"b"}


def test_rounds_csv_says_how_rounds_went(build: Build) -> None:
    rows = "round,opened,closed,published,visibility\none,2026-01-01T09:00:00Z,2026-01-02T09:00:00Z,,\ntwo,,,,\n"
    cycle = arrived(build, {"rounds.csv": rows})
    one = cycle.rounds.get(key="one")
    assert (one.settled_state, one.published_at, one.visibility) == ("closed", None, "sealed")
    assert not Snapshot.objects.exists()
    assert cycle.state == "running"


def test_what_is_published_knows_nothing_of_rounds_still_being_judged(build: Build) -> None:
    rules = 'format = 1\ncycle = { key = "s" }\nrounds = [{ key = "one" }, { key = "two" }]\nboards = [{ key = "all", ranked = "any" }]\nchallenges = [{ key = "c", criteria = [{ key = "m" }] }]\n'
    marks = "round,challenge,group,judge,criterion,value\none,c,a,j,m,5\ntwo,c,a,j,m,90\n"
    rounds = "round,opened,locked,closed,published\none,2026-01-01T09:00:00Z,,2026-01-02T09:00:00Z,2026-01-03T09:00:00Z\ntwo,2026-01-04T09:00:00Z,2026-01-05T09:00:00Z,,\n"
    cycle = arrived(build, {"cycle.toml": rules, "marks.csv": marks, "rounds.csv": rounds})
    [snapshot] = Snapshot.objects.filter(board__scope=cycle.pk)
    assert {row["entry"]: row["score"] for row in snapshot.rows}["a"] == "5"
    sides = Standing.objects.filter(board__scope=cycle.pk, entry="a").values_list("audience", "score")
    assert dict(sides) == {"public": "5", "restricted": "95"}


def test_results_can_be_left_for_later(build: Build) -> None:
    arrived(build, results=False)
    assert not ChallengeScore.objects.exists()
    assert not Snapshot.objects.exists()


# --- Doors ------------------------------------------------------------------------------------------------------------------------------


def test_one_journal_entry_and_no_mail(build: Build) -> None:
    cycle = arrived(build, {"people.csv": PEOPLE})
    kinds = list(JournalEntry.objects.filter(cycle_id=cycle.pk).values_list("kind", flat=True))
    assert [kind for kind in kinds if kind != Kind.SNAPSHOT_PUBLISHED] == [Kind.CYCLE_IMPORTED]
    assert JournalEntry.objects.get(kind=Kind.CYCLE_IMPORTED).payload == {"groups": 3, "marks": 4, "people": 4}
    assert not Message.objects.exists()


def test_the_same_key_again_is_refused_and_another_is_taken(build: Build) -> None:
    bundle = read_bundle(build())
    import_bundle(bundle)
    with pytest.raises(CycleKeyTaken, match="--as small-copy"):
        import_bundle(bundle)
    assert Cycle.objects.count() == 1
    copy = import_bundle(bundle, key="small-copy")
    assert (copy.key, design_of(copy).cycle.key) == ("small-copy", "small-copy")
    with pytest.raises(Invalid, match="is no key"):
        import_bundle(bundle, key="no key")


def test_all_or_nothing(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = read_bundle(build({"people.csv": PEOPLE}))

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("games.bundles.actions.importing.settle_imported", fails)
    with pytest.raises(RuntimeError):
        import_bundle(bundle)
    for model in (Cycle, Group, Person, Organization, Sheet, Mark, Challenge, JournalEntry):
        assert not model.objects.exists(), model


def test_the_faulty_sheet_writes_nothing() -> None:
    with pytest.raises(BundleRefused, match="row 64: 19 cells"):
        import_path(FIXTURES / "chopin-faulty")
    assert not Cycle.objects.exists()


def test_a_user_who_imports_organizes(cast: Cast, build: Build) -> None:
    cycle = arrived(build, by=cast.org.user)
    assert cycle.pk in cast.org.access.cycles_with("organize")  # type: ignore[arg-type]


def test_a_user_never_writes_into_the_people_of_others_by_choosing_a_key(build: Build) -> None:
    theirs = Organization.objects.create(key="small", name="Small & Sons")
    person = Person.objects.create(organization=theirs, key="j", name="Jo the first")
    cycle = arrived(build, {"people.csv": PEOPLE}, by=UserFactory())
    assert cycle.organization is not None
    assert cycle.organization.key == "small-2"
    person.refresh_from_db()
    assert person.name == "Jo the first"


def test_a_user_adds_no_cycle_to_the_series_of_others(build: Build) -> None:
    Series.objects.create(key="famous", name="Famous")
    rules = 'format = 1\ncycle = { key = "s", series = "famous" }\nrounds = [{ key = "one" }]\nboards = [{ key = "b" }]\nchallenges = [{ key = "c", criteria = [{ key = "m" }] }]\n'
    files = {"cycle.toml": rules, "marks.csv": None}
    with pytest.raises(SeriesTaken):
        arrived(build, files, by=UserFactory())
    assert not Cycle.objects.exists()
    assert arrived(build, files).series == Series.objects.get()


def test_a_series_keeps_its_keys() -> None:
    with pytest.raises(Invalid, match="15 cycles"):
        import_path(Path(__file__).parents[3] / "examples" / "strictly", key="other")
    assert not Cycle.objects.exists()
