"""The commons goes out with a cycle and comes in as it was told; each audience gets its own; real records build on each other."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.timezone import now

from games.bundles.actions import export_cycle, export_files, import_path
from games.bundles.queries.cycle import bundle_of
from games.bundles.queries.shared import open_elsewhere
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas import actions
from games.ideas.actions import Citation
from games.ideas.models import CreditShare, Derivation, Idea, IdeaVersion, RiskAnswer
from games.ideas.queries import lineage_of, organizers_story
from games.permissions import access_for, visible
from games.rounds.models import Round
from games.submissions.models import Submission, Version
from tests.factories.changes import Told, told
from tests.factories.cycles import CycleFactory
from tests.factories.ideas import PARTS, telling
from tests.games.bundles.conftest import Build

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[3] / "examples" / "nanogpt-speedrun"
RULES = """
format = 1
cycle = { key = "talk", name = "Talk" }
rounds = [{ key = "one" }]
challenges = [{ key = "c", criteria = [{ key = "m", min = 0, max = 100 }] }]
boards = [{ key = "r" }]
"""
FILES = {"cycle.toml": RULES, "groups.csv": "group\na\nb\n", "marks.csv": "group,judge,value\na,j,70\n"}
HEAD = "number,kind,title,audience,shared,group,round,challenge,entry,attempt,readers,hidden_why\n"
ONE = "1,tactic,T,everybody,2026-03-01T00:00:00Z,a,,,,,,\n"


@pytest.fixture
def story() -> Told:
    """Ada's team shares five ideas for five audiences, ben's builds on two of them and on an entry; one is hidden, credit is divided."""
    found = told()
    cycle = Cycle.objects.get(pk=found.played.cycle.pk)
    aqua, brook = found.played.groups["aqua"], found.played.groups["brook"]
    made: dict[str, Idea] = {}
    for audience in ("own", "organizers", "groups", "teams", "everybody"):
        made[audience] = actions.share_idea(
            cycle=cycle,
            group=aqua,
            told=telling(f"For {audience}", tags=["cloth", audience]),
            by=found.ada.user,
            audience=audience,
            readers=[brook] if audience == "groups" else [],
        )
    actions.share_version(
        idea=made["everybody"],
        told=telling("For everybody, anew", parts=PARTS | {"cost": "1 €"}, note="Dearer."),
        by=found.ada.user,
    )
    actions.split_credit(idea=made["everybody"], shares={aqua.pk: 7_000, brook.pk: 3_000}, by=found.ada.user)
    Round.objects.filter(cycle=cycle, key="call").update(visibility="forkable")
    entry = Submission.objects.create(
        challenge=found.played.challenges["concept"], group=aqua, state="submitted", submitted_at=now()
    )
    entry.pinned = Version.objects.create(submission=entry, number=1, data={"text": "Clay"}, digest="0" * 64, at=now())
    entry.save(update_fields=["pinned"])
    actions.share_idea(
        cycle=cycle,
        group=brook,
        told=telling("Grown", kind="failure-story"),
        by=found.ben.user,
        audience="everybody",
        sources=[Citation(made["everybody"]), Citation(made["groups"], "rejects", "Too slow."), Citation(entry, "adapts")],
    )
    hidden = actions.share_idea(cycle=cycle, group=None, told=telling("Hidden"), by=found.org.user, audience="everybody")
    actions.hide(idea=hidden, why="It names a patient.", by=found.org.user)
    return found


def kept(cycle: Cycle) -> list[Any]:
    """Everything that is told, without ids; what a team keeps to itself is left out."""
    ideas = Idea.objects.filter(cycle=cycle).exclude(audience="own")
    words = (
        "number",
        "kind",
        "title",
        "group__key",
        "challenge__key",
        "submission__number",
        "step",
        "audience",
        "licence",
        "summary",
    )
    more = ("words", "complete", "hidden_at", "hidden_why", "shared_at")
    return [
        list(ideas.order_by("number").values_list(*words, *more)),
        sorted(ideas.values_list("number", "tags__word")),
        sorted(ideas.filter(readers__isnull=False).values_list("number", "readers__key")),
        list(
            IdeaVersion.objects.filter(idea__in=ideas)
            .order_by("idea__number", "number")
            .values_list("idea__number", "number", "title", "summary", "parts", "note", "digest", "at")
        ),
        sorted(
            Derivation.objects.filter(target__in=ideas).values_list("target__number", "source__number", "kind", "reason", "at")
        ),
        sorted(CreditShare.objects.filter(idea__in=ideas).values_list("idea__number", "group__key", "basis_points")),
    ]


def test_the_commons_goes_out_and_comes_in_as_it_was(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert kept(copy) == kept(cycle)
    assert [len(part) for part in kept(copy)][3:] == [7, 3, 2]
    tables, again = bundle_of(cycle).tables, bundle_of(copy).tables
    for name in ("ideas", "idea_versions", "derivations", "idea_shares"):
        assert getattr(again, name) == getattr(tables, name), name
    assert all(link.source_id < link.target_id for link in Derivation.objects.all())


def test_what_a_team_keeps_to_itself_leaves_with_nobody(story: Told) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    assert "For own" not in export_files(cycle, audience="organizers")["ideas.csv"].decode()


def test_everybody_gets_what_is_for_everybody_and_nothing_hidden(story: Told) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    files = {name: content.decode() for name, content in export_files(cycle, audience="public").items() if name.endswith(".csv")}
    titles = [line.split(",")[2] for line in files["ideas.csv"].splitlines()[1:]]
    assert len(titles) == 3
    for words in ("For own", "For organizers", "For groups", "For teams", "Hidden", "patient", "Too slow."):
        assert not [name for name, text in files.items() if words in text], words
    assert len(files["derivations.csv"].splitlines()) == 3
    Group.objects.filter(cycle=cycle, key="aqua").update(rank_hidden=True, unnamed="unnamed-x")
    cycle.refresh_from_db()
    narrower = bundle_of(cycle)
    assert "aqua" in narrower.unnamed.values()


def test_what_came_from_another_cycle_is_linked_again_where_that_is_there(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    other, at = CycleFactory.create(key="before", public=True, state="closed"), now()
    made = {
        (where.key, n): Idea.objects.create(cycle=where, number=n, kind="clue", title="T", audience=audience, shared_at=at)
        for where, n, audience in (
            (other, 7, "everybody"),
            (other, 8, "teams"),
            (cycle, 900, "everybody"),
            (cycle, 901, "everybody"),
        )
    }
    far = made["before", 7]
    for source, target in ((7, 900), (8, 901)):
        Derivation.objects.create(source=made["before", source], target=made[cycle.key, target], kind="adapts", at=at)
    export_cycle(cycle, tmp_path / "out.zip")
    lines = export_files(cycle, audience="public")["derivations.csv"].decode().splitlines()
    assert [line.split(",")[:3] + line.split(",")[-1:] for line in lines if line.startswith("90")] == [
        ["900", "7", "adapts", "before"]
    ]
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert [one.source for one in Derivation.objects.filter(target__cycle=copy, target__number__gte=900)] == [far]
    Idea.objects.filter(pk=far.pk).update(audience="teams")
    [later] = import_path(tmp_path / "out.zip", key="once-more")
    assert not Derivation.objects.filter(target__cycle=later, target__number__gte=900).exists()


def test_what_a_bundle_names_of_other_cycles_is_what_a_visitor_reads(story: Told) -> None:
    whole = visible(access_for(AnonymousUser()), "idea.view", Idea.objects.all())
    assert set(open_elsewhere("nothing")) == set(whole) != set()
    Cycle.objects.filter(pk=story.played.cycle.pk).update(public=False)
    assert not open_elsewhere("nothing").exists()


def test_rows_of_the_commons_are_checked(build: Build) -> None:
    more = {
        "ideas.csv": HEAD
        + ONE
        + ONE
        + "3,tactic,T,groups,2026-03-01T00:00:00Z,nobody,,,,,,\n"
        + "4,tactic,T,own,2026-03-01T00:00:00Z,a,one,c,7,,,why\n",
        "idea_versions.csv": "idea,number,title,at\n9,1,T,2026-03-01T00:00:00Z\n",
        "derivations.csv": "target,source,kind,at\n1,3,builds-on,2026-03-01T00:00:00Z\n",
        "idea_shares.csv": "idea,group,basis_points\n1,a,6000\n",
    }
    with pytest.raises(BundleRefused) as refused:
        import_path(build(FILES | more))
    said = " ".join(str(one) for one in refused.value.problems)
    for words in ("1 is there twice", "is not in groups.csv", "readers", "has no entry 7", "hidden_why", "9 is not in ideas.csv"):
        assert words in said, words
    for words in ("expected an older idea", "6000 together"):
        assert words in said, words


def test_an_attempt_that_is_not_there_refuses_the_whole_bundle(build: Build) -> None:
    idea = "1,tactic,T,everybody,2026-03-01T00:00:00Z,a,one,c,,3,,\n"
    with pytest.raises(BundleRefused, match="no attempt 3"):
        import_path(build(FILES | {"ideas.csv": HEAD + idea}))
    assert not Cycle.objects.filter(key="talk").exists()


# --- Real records ---------------------------------------------------------------------------------------------------------------------


def test_every_record_but_the_re_timing_beats_the_one_it_builds_on() -> None:
    tables = read_bundle(EXAMPLE).tables
    tries = {(row.challenge, row.group, row.at): row for row in tables.attempts.rows}
    opened = datetime(2024, 5, 28, tzinfo=UTC)
    measured = {
        idea.number: tries[idea.challenge, idea.group, (idea.shared - opened) // timedelta(milliseconds=1)]
        for idea in tables.ideas.rows
    }
    assert all(row.verdict != "rebase" for row in measured.values())
    slower = [
        (row.target, row.source) for row in tables.derivations.rows if measured[row.target].value >= measured[row.source].value
    ]
    # What was re-timed: the record it builds on stands in the table with the time it was first given.
    timed_anew = [row for row in tables.attempts.rows if row.verdict == "rebase"]
    assert len(timed_anew) == 2
    standing = timed_anew[-1]
    for target, source in slower:
        assert measured[source].challenge == standing.challenge == "track1"
        assert measured[target].value < standing.value
    assert (len(tables.ideas.rows), len(tables.derivations.rows), len(slower) <= 1) == (107, 105, True)


def test_the_history_of_a_track_is_one_line_from_its_first_record() -> None:
    [cycle] = import_path(EXAMPLE)
    last = Idea.objects.filter(cycle=cycle, challenge__key="track1").latest("number")
    told_ = lineage_of(last, Idea.objects.all(), depth=400)
    assert len(told_.nodes) == Idea.objects.filter(cycle=cycle, challenge__key="track1").count()
    assert told_.nodes[0].idea is not None
    assert told_.nodes[0].idea.title == "llm.c baseline"
    assert all(node.idea is not None for node in told_.nodes)
    parts = IdeaVersion.objects.get(idea__cycle=cycle, idea__number=3).parts
    assert parts["people"] == "kellerjordan0, jxbz"
    assert last.shared_at < now()
    page = Client().get(f"/cycles/nanogpt-speedrun/ideas/{last.number}/lineage/?whole=1")
    assert page.status_code == 200
    assert page.content.decode().count('class="lineage-dot') == len(told_.nodes)
    assert "llm.c baseline" in page.content.decode()


def test_the_safe_room_goes_along_without_who_and_when(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    actions.tell_story(cycle=cycle, told=telling("Ours"), by=story.org.user)
    actions.tell_story(cycle=cycle, told=telling("Nobodys"), by=story.ada.user, nameless=True)
    round_ = Round.objects.get(cycle=cycle, key="call")
    RiskAnswer.objects.bulk_create([RiskAnswer(round=round_, text=text, shown=text != "c") for text in "bac"])
    files = export_files(cycle, audience="organizers")
    assert files["risk_answers.csv"].decode().splitlines() == ["round,text", "call,a", "call,b"]
    public = export_files(cycle, audience="public")
    assert "risk_answers.csv" not in public
    assert not [name for name, content in public.items() if b"Nobodys" in content]
    export_cycle(cycle, tmp_path / "out.zip")
    [again] = import_path(tmp_path / "out.zip", key="again")
    stories = Idea.objects.filter(cycle=again, safe=True).order_by("number")
    assert [(one.title, one.group, bool(one.key_digest)) for one in stories] == [("Ours", None, False), ("Nobodys", None, True)]
    assert stories[0] == organizers_story(again)
    assert bundle_of(again).tables.risk_answers == bundle_of(cycle).tables.risk_answers
