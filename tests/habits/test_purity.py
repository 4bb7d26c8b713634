"""The engine and the rules decide without Django; a web process never pays for the heavy libraries."""

import ast
import os
import subprocess
import sys

import pytest

from tests.habits.house import PACKAGES, ROOT, name_of, sources, tree

IMPURE = {"django", "rest_framework", "celery", "channels", "redis", "requests", "socket", "subprocess", "random", "os", "time"}
HEAVY = ("numpy", "scipy", "ortools", "pandas")
RARE = (
    "nacl",
    "segno",
    "fpdf",
    "drf_spectacular.openapi",
    "django.test",
    "unittest",
    "celery",
    "kombu",
    "markdown_it",
    "nh3",
)
"""What few requests need, and megabytes: loaded by the function that uses it, never by a module that every web process loads."""
MAY_USE_HEAVY = ("leaderboards/engine/",)


def in_a_fresh_process(code: str) -> list[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("DATABASE_", "REDIS_"))}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def pure() -> list[str]:
    """Module names of the engine and of every slice's rules."""
    files = [path for path in sources() if "engine" in path.parts or path.stem == "rules" or "rules" in path.parts]
    return [
        name_of(path).removesuffix(".py").replace("/", ".").removesuffix(".__init__")
        for path in files
        if path.parts[-2] != "accounts"
    ]


def imported(path) -> set[str]:
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
    return names


def test_engine_and_rules_load_without_django():
    assert "leaderboards.engine.pipeline" in pure()
    code = f"import importlib, sys\nfor name in {pure()!r}: importlib.import_module(name)\nprint(*[n for n in {sorted(IMPURE)!r} if n in ('django', 'rest_framework', 'celery', 'channels') and n in sys.modules])"
    assert in_a_fresh_process(code) == []


def test_engine_and_rules_import_nothing_that_reads_clocks_dice_files_or_networks():
    files = [
        path
        for path in sources("games", "leaderboards")
        if "engine" in path.parts or path.stem == "rules" or "rules" in path.parts
    ]
    assert {name_of(path): sorted(found) for path in files if (found := imported(path) & IMPURE)} == {}


@pytest.mark.parametrize("entry", ["backend.wsgi", "backend.asgi"])
def test_a_web_process_loads_no_heavy_library_and_none_that_few_requests_need(entry):
    everything = "from tests.habits.test_addresses import addresses\nfrom importlib import import_module\nfor one in addresses(get_resolver().url_patterns): import_module(one.callback.__module__)"
    code = f"import sys, {entry}\nfrom django.urls import get_resolver\n{everything}\nprint(*[n for n in {HEAVY + RARE!r} if n in sys.modules])"
    assert in_a_fresh_process(code) == []


def test_only_the_engine_may_import_a_heavy_library():
    using = {name_of(path) for folder in PACKAGES for path in sources(folder) if imported(path) & set(HEAVY)}
    assert {name for name in using if not name.startswith(MAY_USE_HEAVY)} == set()


def test_whoever_serves_people_computes_through_the_door_that_keeps_a_web_process_light():
    """`leaderboards.computing` leaves statistics to a child; the pipeline itself is for the engine, workers' own benches and tests."""
    door = "leaderboards/computing.py"
    reached = {
        name_of(path)
        for path in sources("backend", "worker", "games", "leaderboards")
        if "engine" not in path.parts
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
        and (
            node.module == "leaderboards.engine.pipeline"
            or (node.module == "leaderboards.engine" and "pipeline" in {one.name for one in node.names})
        )
    }
    assert reached == {door}


def test_the_environment_is_read_in_one_place():
    readers = {
        name_of(path)
        for path in sources()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in {"environ", "getenv"}
        and isinstance(node.value, ast.Name)
        and node.value.id == "os"
    }
    allowed = ("backend/env.py", "backend/cli/", "backend/services/")
    starters = {"backend/asgi.py", "backend/wsgi.py", "worker/app.py"}  # they only name the settings module
    starters.add("leaderboards/measures.py")  # the library of Prometheus takes its folder from there
    assert {name for name in readers if not name.startswith(allowed)} - starters == set()
