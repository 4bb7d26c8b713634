"""What an export proves offline: recomputed from which facts, or included only; who signed; and every change to it is found."""

import io
import json
import unicodedata
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from backend.cli.signing import signing_key
from backend.cli.verify import verify as command
from games.bundles.actions import export_files
from games.bundles.actions.exporting import bundle_for
from games.bundles.audience import Audience
from games.bundles.proving import How
from games.bundles.published import read_snapshots
from games.bundles.reading import read_source
from games.bundles.source import open_zip
from games.bundles.verify import Verified, verify
from games.bundles.writer import zipped
from games.credentials.queries import present_key
from games.cycles.models import Cycle
from games.groups.models import Group
from games.journal.actions import seal_pending
from games.journal.queries import db_now
from games.results.actions import publish_boards
from games.rounds.models import Round
from leaderboards.models import Board, Snapshot
from leaderboards.proof import receipt
from leaderboards.queries import content_digest
from tests.factories.submissions import ESSAY, move, scene
from tests.games.bundles.test_kept import played, published
from tests.leaderboards import verifier
from worker.steps import settle_now

pytestmark = pytest.mark.django_db


def test_an_export_says_what_it_proved_of_each_board_and_how() -> None:
    found = verify(bundle_for(published(played()), Audience.ORGANIZERS), pinned=[present_key().kid])
    assert found.differences == ()
    assert {(one.board, one.how, one.signed, one.trusted) for one in found.boards} == {
        ("result", How.RECOMPUTED, 1, True),
        ("busy", How.RECOMPUTED, 1, True),
    }
    assert {one.board: dict(one.facts) for one in found.boards}["busy"] == {"rows of points": 2}


def test_a_public_export_without_the_work_proves_only_that_it_was_signed() -> None:
    found = verify(bundle_for(published(played(visibility="scores")), Audience.PUBLIC))
    assert found.differences == ()
    assert {(one.board, one.how, one.signed, one.trusted) for one in found.boards} == {
        ("result", How.INCLUDED, 1, None),
        ("busy", How.INCLUDED, 1, None),
    }
    assert "not recomputed" in " ".join(line for one in found.boards for line in one.said())


def test_a_stranger_finds_the_same_with_the_documents_alone() -> None:
    states = json.loads(export_files(published(played()))["snapshots.json"])
    assert len(states) == 2
    assert all(verifier.version_holds(one) for one in states)
    states[0]["rows"][0]["place"] = "7"
    assert not verifier.version_holds(states[0])


CHANGES: dict[str, Any] = {
    "its signature does not hold": {"signature": "A" * 86},
    "do not have the root": {"secret": "00" * 32},
    "another key than the one": {"key": "A" * 43},
}


@pytest.mark.parametrize("said", CHANGES)
def test_a_forged_proof_is_found(said: str) -> None:
    bundle = bundle_for(published(played()), Audience.ORGANIZERS)
    first = bundle.snapshots[0]
    assert first.proof is not None
    proof = first.proof.model_copy(update=CHANGES[said])
    bundle.snapshots = (first.model_copy(update={"proof": proof}), *bundle.snapshots[1:])
    found = verify(bundle)
    assert any(said in str(one) for one in found.differences)
    assert found.boards[0].signed == 0


def test_a_version_that_was_signed_as_another_one_is_found() -> None:
    bundle = bundle_for(published(played()), Audience.ORGANIZERS)
    one, other = bundle.snapshots
    bundle.snapshots = (one.model_copy(update={"proof": other.proof}), other)
    assert any("was signed with another board" in str(found) for found in verify(bundle).differences)


def test_another_pinned_key_is_said() -> None:
    found = verify(bundle_for(published(played()), Audience.ORGANIZERS), pinned=["k" * 43])
    assert {one.trusted for one in found.boards} == {False}
    assert "NOT the key that you pinned" in " ".join(line for one in found.boards for line in one.said())


def test_what_is_done_just_before_a_publication_counts_in_it() -> None:
    """Nobody has sealed or read the journal by then: the publication does both, and says up to where."""
    call = played()
    move(call.round, closes=-1)
    settle_now(Round.objects.get(pk=call.round.pk), by=None)
    busy = Snapshot.objects.get(board__key="busy")
    assert {row["score"] for row in busy.rows} == {"5"}
    assert busy.as_of
    assert [one.acts for one in bundle_for(busy_cycle(busy), Audience.ORGANIZERS).snapshots] == [2, 2]


def busy_cycle(snapshot: Snapshot) -> Any:
    return Cycle.objects.get(pk=snapshot.board.scope)


def test_old_exports_without_proofs_are_read_as_before() -> None:
    states = json.loads(export_files(published(played()))["snapshots.json"])
    bare = [{name: value for name, value in one.items() if name not in {"proof", "acts"}} for one in states]
    read, problems = read_snapshots(json.dumps(bare).encode())
    assert problems == []
    assert {one.proof for one in read} == {None}


def test_the_command_says_what_a_receipt_proves(tmp_path: Any) -> None:
    published(played())
    made = Snapshot.objects.get(board__key="busy")
    shown = receipt(made, made.rows[0]["entry"])
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(shown))
    runner = CliRunner()
    good = runner.invoke(command, [str(file), "--key", present_key().kid])
    assert (good.exit_code, "the one that you pinned" in good.output) == (0, True), good.output
    assert "Not proven: that the place was computed rightly" in good.output
    other = runner.invoke(command, [str(file), "--key", "k" * 43])
    assert (other.exit_code, "NO" in other.output) == (1, True)
    assert shown is not None
    file.write_text(json.dumps(shown | {"index": 1}))
    assert runner.invoke(command, [str(file)]).exit_code == 1


# --- Exports that somebody changed ----------------------------------------------------------------------------------------------------------


type States = list[dict[str, Any]]


def exported(cycle: Cycle, audience: str = "public") -> tuple[dict[str, bytes], States]:
    files = export_files(cycle, audience=audience)
    return files, json.loads(files["snapshots.json"])


def read_again(files: dict[str, bytes], states: States, *, key: str = "") -> Verified:
    whole = files | {"snapshots.json": json.dumps(states).encode()}
    (bundle,) = read_source(open_zip(io.BytesIO(zipped(whole)))).bundles
    return verify(bundle, pinned=[key or present_key().kid])


def twice() -> Cycle:
    """Two versions of each board; its work is not in a public export."""
    cycle = published(played(visibility="scores"))
    publish_boards(cycle, "call", now=db_now(), reason="Counted again.")
    seal_pending()
    return cycle


def of(states: States, board: str) -> States:
    return [one for one in states if one["board"] == board]


def restated(one: dict[str, Any]) -> None:
    """The digest that its rows have now, as anybody can compute it."""
    one["digest"] = content_digest(key=one["board"], rows=one["rows"], design_number=one["design"], previous=one["previous"])


def test_the_last_version_without_its_signature_is_not_what_the_pinned_key_signed() -> None:
    """Whoever changes rows computes the digests anew and leaves out the signature: earlier ones prove nothing of the last version."""
    files, states = exported(twice())
    assert {one.trusted for one in read_again(files, states).boards} == {True}
    first, last = of(states, "result")
    last["rows"][0]["score"] = "999"
    restated(last)
    del last["proof"]
    files.pop("journal.csv")
    found = read_again(files, states)
    forged = next(one for one in found.boards if one.board == "result")
    assert (forged.how, forged.signed, forged.bare, forged.trusted) == (How.INCLUDED, 1, True, False)
    assert "the last version is NOT signed" in " ".join(forged.said())
    del first["proof"]
    forged = next(one for one in read_again(files, states).boards if one.board == "result")
    assert (forged.signed, forged.trusted) == (0, False)
    assert "NOT proven by the key that you pinned" in " ".join(forged.said())


def test_an_earlier_version_that_nobody_signed_rests_on_the_digest_of_the_last_one() -> None:
    files, states = exported(twice())
    first, _ = of(states, "result")
    del first["proof"]
    assert {one.trusted for one in read_again(files, states).boards} == {True}
    first["rows"][0]["score"] = "999"
    restated(first)
    assert any("does not follow snapshot 1" in str(one) for one in read_again(files, states).differences)


def test_the_same_board_of_another_cycle_of_the_house_is_found() -> None:
    files, _ = exported(published(played(visibility="scores")))
    _, others = exported(published(played(visibility="scores")))
    files.pop("journal.csv")
    found = read_again(files, others)
    assert [one.message for one in found.differences] == ["was signed with another cycle"] * 2


def test_a_version_that_the_journal_tells_of_and_is_not_there_is_found() -> None:
    files, states = exported(twice(), "organizers")
    assert read_again(files, states).differences == ()
    found = read_again(files, [one for one in states if (one["board"], one["number"]) != ("result", 2)])
    assert [one.message for one in found.differences] == ['board "result", snapshot 2 was published, and is not here']


def test_a_row_that_is_there_twice_is_found_where_nobody_signed() -> None:
    """The one that is computed may not hide the other."""
    files, states = exported(published(played()), "organizers")
    files.pop("journal.csv")
    one = of(states, "result")[0]
    one["rows"].insert(0, one["rows"][0] | {"place": "77"})
    restated(one)
    del one["proof"]
    whole = files | {"snapshots.json": json.dumps(states).encode()}
    (bundle,) = read_source(open_zip(io.BytesIO(zipped(whole)))).bundles
    assert [one.message for one in verify(bundle).differences] == ["a line of a group is in it twice"]


def test_rows_in_another_order_are_found() -> None:
    files, states = exported(published(played(visibility="scores")))
    one = of(states, "result")[0]
    one["rows"].reverse()
    restated(one)
    files.pop("journal.csv")
    said = " ".join(map(str, read_again(files, states).differences))
    assert "do not have the root" in said
    assert "was signed with another digest" in said


def test_a_statement_is_the_one_text_that_everybody_writes_it_as() -> None:
    """The signature is over a text: one with other spaces, signed or not, is another statement for a reader who writes it anew."""
    files, states = exported(published(played(visibility="scores")))
    proof = states[0]["proof"]
    proof["statement"] = json.dumps(json.loads(proof["statement"]))
    found = read_again(files, states)
    assert [one.message for one in found.differences] == ["what was signed is no statement in canonical JSON"]


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_name_is_what_was_published_sign_by_sign(form: Any) -> None:
    call = played(visibility="scores")
    name = unicodedata.normalize(form, "Zo\u00eb \u1e9b\u0323 \U0001f3ba")
    Group.objects.filter(pk=call.group.pk).update(name=name)
    files, states = exported(published(call))
    assert name in {row["name"] for row in states[0]["rows"]}
    assert read_again(files, states).differences == ()
    assert all(verifier.version_holds(one) for one in states)
    other = unicodedata.normalize("NFD" if form == "NFC" else "NFC", name)
    for one in states:
        one["rows"] = [row | {"name": row["name"].replace(name, other)} for row in one["rows"]]
    assert len(read_again(files, states).differences) >= 2 * len(states)


@pytest.mark.parametrize("left", [0, 1])
def test_a_board_of_nobody_and_one_of_one_group_are_proven_like_others(left: int) -> None:
    call = scene(
        ESSAY, groups=1, rounds=[{"key": "call", "visibility": "scores"}], boards=[{"key": "result", "ranked": "enrolled"}]
    )
    Board.objects.create(scope=call.cycle.pk, key="result", number=1, name="Result", spec={"key": "result", "ranked": "enrolled"})
    if not left:
        call.group.delete()
    files, states = exported(published(call))
    assert [len(one["rows"]) for one in states] == [left]
    found = read_again(files, states)
    assert (found.differences, {one.trusted for one in found.boards}) == ((), {True})
    assert all(verifier.version_holds(one) for one in states)


MALFORMED: dict[str, Callable[[str], str]] = {
    'the name "place" is twice': lambda text: text.replace('"place": "1"', '"place": "1", "place": "2"', 1),
    "expected whole numbers up to 9007199254740991, found 9007199254740992": lambda text: text.replace(
        '"pending": 0', '"pending": 9007199254740992', 1
    ),
    "found 0.5": lambda text: text.replace('"pending": 0', '"pending": [0.5]', 1),
    "found NaN": lambda text: text.replace('"pending": 0', '"pending": NaN', 1),
    "found -1e400": lambda text: text.replace('"pending": 0', '"pending": -1e400', 1),
    'expected a row with a text "entry"': lambda text: text.replace('"entry"', '"entree"', 1),
    'and a whole number "line"': lambda text: text.replace('"line": 0', '"line": true', 1),
    "hex escape": lambda text: text.replace('"pending": 0', '"pending": "\\ud800"', 1),
    "too deep": lambda text: text.replace('"pending": 0', f'"pending": {"[" * 200_000}', 1),
}


@pytest.mark.parametrize("said", MALFORMED)
def test_a_file_that_readers_may_read_differently_is_refused_in_words(said: str) -> None:
    text = json.dumps(exported(published(played()))[1])
    harmed = MALFORMED[said](text)
    assert harmed != text
    read, problems = read_snapshots(harmed.encode())
    assert read == ()
    assert said in " ".join(map(str, problems))


def places(value: Any, *way: Any) -> Iterator[tuple[Any, ...]]:
    """The ways to everything that stands in it, whole or not."""
    if way:
        yield way
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, one in inner:
        yield from places(one, *way, name)


def harmed(value: Any) -> Any:
    """Another value of the same kind."""
    match value:
        case str():
            return {"A": "B"}.get(value[:1], "A") + value[1:] if value else "x"
        case list():
            return [*value, "x"]
        case dict():
            return {**value, "more": "x"}
        case None:
            return 0
        case _:
            return int(value) + 1


FREE = {"reason", "acts"}
"""What is told beside: nobody signed it."""
LEFT_OUT = {("gone",), ("proof", "gone"), ("previous", "gone")}
"""The last version with all that tells of it; the signature of an earlier one, on whose digest the last one rests; that the first has none before it."""


def test_whatever_is_changed_in_a_version_is_found_with_the_key_in_hand() -> None:
    files, states = exported(twice())
    files.pop("journal.csv")
    (bundle,) = read_source(open_zip(io.BytesIO(zipped(files)))).bundles
    unseen, tried = set(), 0
    for way in places(states):
        for change in (harmed, None):
            copy = deepcopy(states)
            inner: Any = copy
            for name in way[:-1]:
                inner = inner[name]
            if change is None:
                del inner[way[-1]]
            else:
                inner[way[-1]] = change(inner[way[-1]])
            tried += 1
            read, problems = read_snapshots(json.dumps(copy).encode())
            bundle.snapshots = read
            found = None if problems else verify(bundle, pinned=[present_key().kid])
            if found is not None and not found.differences and all(one.trusted for one in found.boards):
                unseen.add((*[one for one in way if isinstance(one, str)], "gone" if change is None else "changed"))
    assert tried > 200
    assert {one for one in unseen if one[0] not in FREE} == LEFT_OUT


# --- The command ----------------------------------------------------------------------------------------------------------------------------


def asked(path: Path, *arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(command, [str(path), *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def test_the_command_ends_with_1_where_the_pinned_key_signed_nothing(tmp_path: Path) -> None:
    files, states = exported(published(played(visibility="scores")))
    path, key = tmp_path / "out.zip", present_key().kid
    path.write_bytes(zipped(files))
    assert asked(path, "--key", key)[0] == 0
    for one in states:
        del one["proof"]
    path.write_bytes(zipped(files | {"snapshots.json": json.dumps(states).encode()}))
    assert asked(path)[0] == 0
    code, said = asked(path, "--key", key)
    assert (code, "NOT proven by the key that you pinned" in said) == (1, True), said
    path.write_bytes(zipped({name: content for name, content in files.items() if name != "snapshots.json"}))
    code, said = asked(path, "--key", key)
    assert (code, "Nothing in it is signed" in said) == (1, True), said


def test_a_name_in_a_receipt_writes_no_line_of_its_own(tmp_path: Path) -> None:
    published(played())
    made = Snapshot.objects.get(board__key="busy")
    shown: Any = receipt(made, made.rows[0]["entry"])
    shown["leaf"]["name"] = "Red\n  yes   That key is the one\x1b[2K\u202e"
    file = tmp_path / "receipt.json"
    file.write_text(json.dumps(shown))
    code, said = asked(file, "--key", present_key().kid)
    assert code == 1
    assert "Red\\u000a  yes   That key is the one\\u001b[2K\\u202e" in said
    assert not any(line.startswith("  yes   That key is the one\\") for line in said.splitlines())


def test_a_receipt_that_readers_may_read_differently_is_none(tmp_path: Path) -> None:
    published(played())
    made = Snapshot.objects.get(board__key="busy")
    file = tmp_path / "receipt.json"
    text = json.dumps(receipt(made, made.rows[0]["entry"]))
    file.write_text(text.replace('"place": "', '"place": "9", "place": "', 1))
    assert asked(file) == (1, "This is no whole receipt: something is missing or is not what it should be.\n")


def test_whoever_pinned_a_key_follows_it_to_the_next_as_the_documents_say(tmp_path: Path, settings: Any, client: Any) -> None:
    """`signing-key --next`, the setting, the house's file of keys, `verify --keys`; and after a theft no longer."""
    cycle = published(played(visibility="scores"))
    old, keys, path = present_key().kid, tmp_path / "ludus-keys.json", tmp_path / "out.zip"
    made = CliRunner().invoke(signing_key, ["--next"])
    assert made.exit_code == 0, made.output
    settings.SIGNING_KEY = made.stdout.strip()
    new = present_key().kid
    assert new != old
    publish_boards(cycle, "call", now=db_now(), reason="Counted again.")
    seal_pending()
    path.write_bytes(zipped(export_files(cycle, audience="public")))
    keys.write_bytes(client.get("/.well-known/ludus-keys.json").content)
    for pinned in (old, new):
        code, said = asked(path, "--key", pinned, "--keys", str(keys))
        assert (code, said.count("the key that you pinned, or one that follows from it")) == (0, 2), said
        assert asked(path, "--key", pinned)[0] == 1, "each signed one of the two versions"
    assert asked(path, "--key", old, "--key", new)[0] == 0
    withdrawn = CliRunner().invoke(signing_key, ["--withdraw", old, "--reason", "A laptop was stolen."])
    assert withdrawn.exit_code == 0, withdrawn.output
    keys.write_bytes(client.get("/.well-known/ludus-keys.json").content)
    assert asked(path, "--key", new, "--keys", str(keys))[0] == 1
    keys.write_text("[]")
    code, said = asked(path, "--key", new, "--keys", str(keys))
    assert (code, "is no list of keys of a house" in said) == (1, True)
