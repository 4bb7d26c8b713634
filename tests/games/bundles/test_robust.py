"""Whatever is put into a file, the answer is a bundle or a refusal, never a crash."""

import random
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.bundles.reading import read_source
from games.bundles.rules import BundleRefused
from games.bundles.source import Archive
from games.errors import Problem
from games.playbooks.schema import design_problems
from tests.games.bundles.conftest import GROUPS, MARKS, RULES

FILES = {
    "cycle.toml": RULES.encode(),
    "groups.csv": GROUPS.encode(),
    "marks.csv": MARKS.encode(),
    "attempts.csv": b"round,challenge,group,at,verdict,value\none,run,a,5,,3\none,run,b,0:00:07,,2\n",
    "submissions.csv": b"round,challenge,group,version,at,status,days\none,c,a,1,2027-01-01T10:00:00,submitted,2\n",
    "decisions.csv": b"at,kind,round,board,group,other,value,reason\n2027-02-01T10:00:00Z,advance,two,,d,,,invited\n",
    "people.csv": b"person,name,role,group\nj,Judith,judge,\nk,Kim,judge,\n",
    "official.csv": b"kind,key,group,name,value\nboard,after,b,place,1\n",
}


@dataclass(frozen=True)
class Change:
    file: str
    place: int
    length: int
    by: bytes


changes = st.builds(
    Change,
    st.sampled_from(sorted(FILES)),
    st.integers(0, 900),
    st.integers(0, 12),
    st.binary(max_size=6)
    | st.sampled_from([b"", b",", b"\n", b'"', b"-", b"9" * 30, b"[", b"]", b"{", b"}", b"=", b"one", b"c", b"a"]),
)


def changed(content: bytes, change: Change) -> bytes:
    place = change.place % (len(content) + 1)
    return content[:place] + change.by + content[place + change.length :]


def problems_of(files: dict[str, bytes]) -> tuple[Problem, ...]:
    try:
        return read_source(Archive("b", files)).warnings
    except BundleRefused as refused:
        return refused.problems or (Problem("", ""),)


@given(st.lists(changes, min_size=1, max_size=3))
def test_a_changed_bundle_is_read_or_refused(made: list[Change]) -> None:
    files = dict(FILES)
    for change in made:
        files[change.file] = changed(files[change.file], change)
    assert all(problem.where and problem.message for problem in problems_of(files))


def test_the_unchanged_bundle_is_read() -> None:
    assert read_source(Archive("b", dict(FILES))).bundles


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["one", "c", "score", "+14d", "sum"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["key", "keys", "like", "name", "rounds", "board", "kind"]), inner, max_size=3)
    ),
    max_leaves=8,
)
NAMES = [
    "cycle",
    "rounds",
    "challenges",
    "boards",
    "cuts",
    "awards",
    "aim",
    "checks",
    "roles",
    "registration",
    "rules",
    "badges",
    "playbook",
]


@given(st.dictionaries(st.sampled_from(NAMES), junk, max_size=4))
def test_any_data_is_a_design_or_has_problems(data: dict[str, object]) -> None:
    sound = {"format": 1, "cycle": {"key": "c"}, "rounds": [{"key": "one"}], "boards": [{"key": "b"}]}
    sound["challenges"] = [{"key": "c", "criteria": [{"key": "m"}]}]
    for problem in design_problems({**sound, **data}):
        assert problem.message


@pytest.mark.parametrize("depth", [100, 5_000])
def test_deep_nesting_is_refused(depth: int) -> None:
    assert design_problems("format = 1\ncycle = " + "[" * depth + "]" * depth)


def test_a_hundred_random_files_are_refused() -> None:
    dice = random.Random(3)
    for _ in range(100):
        name = dice.choice(sorted(FILES))
        with pytest.raises(BundleRefused):
            read_source(Archive("b", {**FILES, name: dice.randbytes(200)}))
