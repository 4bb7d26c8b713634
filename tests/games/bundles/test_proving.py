"""What an export proves offline: recomputed from which facts, or included only; who signed; and every change to it is found."""

import json
from typing import Any

import pytest
from click.testing import CliRunner

from backend.cli.verify import verify as command
from games.bundles.actions import export_files
from games.bundles.actions.exporting import bundle_for
from games.bundles.audience import Audience
from games.bundles.proving import How
from games.bundles.published import read_snapshots
from games.bundles.verify import verify
from games.credentials.queries import present_key
from games.cycles.models import Cycle
from games.rounds.models import Round
from leaderboards.models import Snapshot
from leaderboards.proof import receipt
from tests.factories.submissions import move
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
