"""What the habit tests walk over: the source of the house."""

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("backend", "worker", "games", "leaderboards")


@cache
def sources(*folders: str) -> tuple[Path, ...]:
    """Python files that people write (no migrations), in the four packages or in the folders named."""
    found = (path for folder in folders or PACKAGES for path in sorted((ROOT / folder).rglob("*.py")))
    return tuple(path for path in found if "migrations" not in path.parts)


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


@cache
def slices() -> tuple[str, ...]:
    """The slices of games, from the ground up, as the import contract in pyproject.toml lists them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [flow] = [contract for contract in contracts if contract.get("containers") == ["games"]]
    return tuple(layer.strip("()") for layer in reversed(flow["layers"]))


@cache
def committed() -> tuple[Path, ...]:
    """Every file that git knows or would add."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())
