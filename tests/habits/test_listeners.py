"""worker/waking.py listens to the journal, worker/reactions.py is the whole data flow, and nobody else listens to anything."""

import ast

from tests.habits.house import ROOT, name_of, sources, tree

HOME = "worker/waking.py"
SIGNALS = {"receiver"}


def listens(node: ast.AST) -> bool:
    """A call of ``on(...)``, of ``<signal>.connect(...)``, or a ``@receiver``."""
    if not isinstance(node, ast.Call):
        return False
    if isinstance(node.func, ast.Name):
        return node.func.id == "on" or node.func.id in SIGNALS
    return (
        isinstance(node.func, ast.Attribute) and node.func.attr == "connect" and "signal" in ast.unparse(node.func.value).lower()
    )


def test_one_file_listens():
    listening = {name_of(path) for path in sources() if any(listens(node) for node in ast.walk(tree(path)))}
    assert listening - {HOME} == set()


def test_the_flow_is_written_down_and_connected():
    from games.journal.actions import _listeners
    from games.journal.rules import Kind
    from worker import reactions

    assert any(listens(node) for node in ast.walk(tree(ROOT / HOME)))
    assert Kind.SUBMISSION_RECEIVED in reactions.FLOW
    assert Kind.SHEET_FINALIZED in reactions.FLOW
    assert set(_listeners) == {kind.value for kind in Kind}  # Django is ready in this process, so they are connected
