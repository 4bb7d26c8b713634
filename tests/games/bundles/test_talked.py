"""What was said goes out with a cycle for its organizers, and comes in as it was said; faults are named with row and column."""

from pathlib import Path
from typing import Any

import pytest

from games.bundles.actions import export_cycle, export_files, import_path
from games.bundles.queries.cycle import bundle_of
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.cycles.models import Cycle
from games.groups.models import Group
from games.talk import actions
from games.talk.models import Post, Thread
from tests.cast import actor
from tests.factories.changes import Told, told
from tests.factories.groups import MembershipFactory
from tests.factories.learning import an_idea, finished
from tests.games.bundles.conftest import Build
from tests.games.bundles.test_learned import FILES

pytestmark = pytest.mark.django_db
HEAD = "number,kind,title,group,idea,opened,accepted\n"
SAID = "thread,number,group,text,at,corrects\n"
DAY = "2026-03-01T00:00:00Z"


@pytest.fixture
def story() -> Told:
    """An ask on an idea with an accepted answer that was corrected; a barrier that was helped; talk on what a team keeps to itself."""
    found = told()
    cycle = Cycle.objects.get(pk=found.played.cycle.pk)
    Cycle.objects.filter(pk=cycle.pk).update(state="running")
    aqua, brook = found.played.groups["aqua"], found.played.groups["brook"]
    bo = actor("bo")
    MembershipFactory(cycle=cycle, group=brook, person=bo.person, capabilities=["submit"])
    idea, own = an_idea(aqua), an_idea(aqua, audience="own")
    finished(brook, idea)
    ask = _opened(cycle, aqua, found, kind="ask", idea=idea)
    post = actions.say(thread=ask, text="Boil it twice.", by=bo.user, group=brook)
    actions.correct_post(post=post, text="Boil it once.", by=bo.user)
    actions.accept(post=post, by=found.ada.user)
    barrier = _opened(cycle, aqua, found, kind="barrier")
    actions.mark_helpful(post=actions.say(thread=barrier, text="Ask.", by=bo.user, group=brook), by=found.ada.user)
    _opened(cycle, aqua, found, kind="talk", idea=own, title="Among us secretly")
    return found


def _opened(cycle: Cycle, group: Group, found: Told, **told_: Any) -> Thread:
    words = {"title": "How long?", "text": "How long secretly?"}
    return actions.open_thread(cycle=cycle, group=group, by=found.ada.user, **words | told_)


def kept(cycle: Cycle) -> list[Any]:
    """Everything that is said, without ids."""
    threads = Thread.objects.filter(cycle=cycle).exclude(title="Among us secretly").order_by("number")
    posts = Post.objects.filter(thread__in=threads).order_by("thread__number", "number")
    times = ("opened_at", "last_at", "due_at", "replied_at", "answered_at", "hidden_at")
    words = ("number", "kind", "title", "group__key", "idea__number", "accepted__number", "asked__key")
    return [
        list(threads.values_list(*words, *times)),
        list(posts.values_list("thread__number", "number", "group__key", "text", "at", "corrects__number", "helpful_at")),
    ]


def test_they_go_out_and_come_in_as_they_were(story: Told, tmp_path: Path) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="again")
    assert kept(copy) == kept(cycle)
    assert (len(kept(copy)[0]), len(kept(copy)[1])) == (2, 5)
    tables, again = bundle_of(cycle).tables, bundle_of(copy).tables
    assert (again.threads, again.posts) == (tables.threads, tables.posts)
    assert not Thread.objects.filter(cycle=copy, title="Among us secretly").exists(), "not even organizers read it"


@pytest.mark.parametrize("audience", ["public", "judges"])
def test_only_organizers_get_what_was_said(story: Told, audience: str) -> None:
    cycle = Cycle.objects.get(pk=story.played.cycle.pk)
    files = export_files(cycle, audience=audience)
    assert not {"threads.csv", "posts.csv"} & set(files)
    assert b"secretly" not in b"".join(content for name, content in files.items() if name.endswith(".csv"))


@pytest.mark.parametrize(
    ("threads", "posts", "column"),
    [
        (f"1,question,Q,a,,{DAY},\n1,question,Q,a,,{DAY},\n", f"1,1,a,Hm,{DAY},\n", "number"),
        (f"1,question,Q,x,,{DAY},\n", f"1,1,a,Hm,{DAY},\n", "group"),
        (f"1,talk,Q,a,,{DAY},\n", f"1,1,a,Hm,{DAY},\n", "kind"),
        (f"1,talk,Q,a,7,{DAY},\n", f"1,1,a,Hm,{DAY},\n", "idea"),
        (f"1,question,Q,a,,{DAY},\n", "", "number"),
        (f"1,barrier,Q,a,,{DAY},2\n", f"1,1,a,Hm,{DAY},\n1,2,b,So,{DAY},\n", "accepted"),
        (f"1,question,Q,a,,{DAY},1\n", f"1,1,a,Hm,{DAY},\n", "accepted"),
        (f"1,question,Q,a,,{DAY},\n", f"1,1,a,Hm,{DAY},\n2,1,a,Hm,{DAY},\n", "thread"),
        (f"1,question,Q,a,,{DAY},\n", f"1,1,a,Hm,{DAY},\n1,1,a,Hm,{DAY},\n", "number"),
        (f"1,question,Q,a,,{DAY},\n", f"1,1,x,Hm,{DAY},\n", "group"),
        (f"1,question,Q,a,,{DAY},\n", f"1,1,a, ,{DAY},\n", "text"),
        (f"1,question,Q,a,,{DAY},\n", f"1,1,a,Hm,{DAY},\n1,2,a,So,{DAY},3\n", "corrects"),
    ],
)
def test_a_fault_is_named_with_its_place(build: Build, threads: str, posts: str, column: str) -> None:
    files = FILES | {"threads.csv": HEAD + threads, "posts.csv": SAID + posts}
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(files))
    assert any(f"column {column}" in one.where for one in refused.value.problems), refused.value.problems
