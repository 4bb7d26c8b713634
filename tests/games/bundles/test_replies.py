"""Replies to feedback go out with a cycle for its organizers, come in again, and are checked."""

from pathlib import Path

import pytest

from games.bundles.actions import export_cycle, export_files, import_bundle, import_path
from games.bundles.reading import read_bundle
from games.bundles.rules import BundleRefused
from games.judging.models import FeedbackReply
from games.submissions.models import Version
from tests.games.bundles.conftest import Build

pytestmark = pytest.mark.django_db
RULES = """
format = 1
cycle = { key = "talk", name = "Talk" }
rounds = [{ key = "one", visibility = "full" }, { key = "two" }]
challenges = [{ key = "c", form = [{ key = "title" }], criteria = [{ key = "m", min = 0, max = 100 }] }]
boards = [{ key = "r" }]
"""
FILES = {
    "cycle.toml": RULES,
    "groups.csv": "group\na\nb\n",
    "rounds.csv": "round,opened,closed,published,visibility\none,2026-01-01T00:00:00Z,2026-01-02T00:00:00Z,2026-01-03T00:00:00Z,full\n",
    "submissions.csv": "round,challenge,group,version,at,title\none,c,a,1,2026-01-01T10:00:00Z,Wells\ntwo,c,a,1,2026-01-05T10:00:00Z,Wells again\n",
    "marks.csv": "round,challenge,group,judge,criterion,value,comment\none,c,a,j,m,70,Count them.\n",
}
HEADER = "round,challenge,group,judge,panel,kind,text,at,used_round,used_challenge,version\n"
SAID = (
    "one,c,a,j,jury,thanks,,2026-01-04T08:00:00Z,,,\n"
    "one,c,a,j,jury,question,Which ones?,2026-01-04T09:00:00Z,,,\n"
    "one,c,a,j,jury,answer,Those uphill.,2026-01-04T10:00:00Z,,,\n"
    "one,c,a,j,jury,used,We counted 42.,2026-01-05T11:00:00Z,two,c,1\n"
)


def test_replies_come_in_with_their_times_and_go_out_to_organizers_alone(build: Build, tmp_path: Path) -> None:
    cycle = import_bundle(read_bundle(build(FILES | {"replies.csv": HEADER + SAID})))
    kept = {one.kind: (one.text, one.at.isoformat(), one.version) for one in FeedbackReply.objects.all()}
    assert kept["question"][:2] == ("Which ones?", "2026-01-04T09:00:00+00:00")
    assert kept["used"][2] == Version.objects.get(submission__challenge__round__key="two")
    FeedbackReply.objects.create(sheet=FeedbackReply.objects.first().sheet, kind="used", text="still writing")  # type: ignore[union-attr]
    export_cycle(cycle, tmp_path / "out.zip")
    [copy] = import_path(tmp_path / "out.zip", key="talk-again")
    again = FeedbackReply.objects.filter(sheet__challenge__round__cycle=copy)
    assert {one.kind: (one.text, one.at.isoformat()) for one in again} == {kind: said[:2] for kind, said in kept.items()}
    for audience in ("public", "judges"):
        text = "\n".join(content.decode() for content in export_files(cycle, audience=audience).values())
        assert "Which ones?" not in text
        assert "Those uphill." not in text


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("one,c,b,j,jury,thanks,,2026-01-04T08:00:00Z,,,", '"j" has no marks on "b" in panel "jury" (marks.csv)'),
        ("one,c,a,k,jury,thanks,,2026-01-04T08:00:00Z,,,", '"k" has no marks on "a" in panel "jury" (marks.csv)'),
        ("one,c,a,j,jury,answer,Yes,2026-01-04T08:00:00Z,,,", "an answer without a question"),
        ("one,c,a,j,jury,used,Done,2026-01-04T08:00:00Z,two,c,7", '"a" has no version 7 in "c" of round "two"'),
        ("one,c,z,j,jury,thanks,,2026-01-04T08:00:00Z,,,", '"z" is not in groups.csv'),
        ("one,c,a,j,jury,shout,,2026-01-04T08:00:00Z,,,", "shout"),
        ("one,c,a,j,jury,thanks,,,,,", "expected a time"),
    ],
)
def test_what_is_wrong_with_a_reply_is_named(build: Build, row: str, message: str) -> None:
    with pytest.raises(BundleRefused) as refused:
        read_bundle(build(FILES | {"replies.csv": f"{HEADER}{row}\n"}))
    assert any(message in str(one) and "replies.csv row 2" in str(one) for one in refused.value.problems), refused.value.problems


def test_nothing_is_said_twice(build: Build) -> None:
    twice = "one,c,a,j,jury,thanks,,2026-01-04T08:00:00Z,,,\n" * 2
    with pytest.raises(BundleRefused, match="twice for this sheet"):
        read_bundle(build(FILES | {"replies.csv": HEADER + twice}))
