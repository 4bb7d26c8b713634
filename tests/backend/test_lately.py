"""Compiled templates have an end: what was shown lately is kept, what was let go is read again and says the same."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.template import Context, TemplateDoesNotExist, engines
from django.template.base import Node
from django.template.engine import Engine

from backend import lately


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Twenty templates, each with a base and a part, and room for six."""
    monkeypatch.setattr(lately, "MOST", 6)
    (tmp_path / "base.html").write_text("<{% block one %}{% endblock %}>")
    (tmp_path / "part.html").write_text("{% for one in many %}{{ one }}{% if not forloop.last %}, {% endif %}{% endfor %}")
    for number in range(20):
        said = '{% extends "base.html" %}{% block one %}' + str(number) + ': {% include "part.html" %}{% endblock %}'
        (tmp_path / f"{number}.html").write_text(said)
    return Engine(dirs=[tmp_path], loaders=[("backend.lately.Loader", ["django.template.loaders.filesystem.Loader"])])


def kept(engine: Engine) -> lately.Lately:
    (loader,) = engine.template_loaders
    assert isinstance(loader, lately.Loader)
    return loader.get_template_cache


def shown(engine: Engine, number: int) -> str:
    return engine.get_template(f"{number}.html").render(Context({"many": [number, "b"]}))


def test_many_templates_are_shown_and_few_are_kept(engine):
    assert [shown(engine, number) for number in (*range(20), 0)] == [f"<{number}: {number}, b>" for number in (*range(20), 0)]
    assert len(kept(engine)) == 6


def test_what_every_page_needs_stays(engine):
    shown(engine, 0)
    parts = {name: one for name, one in kept(engine).items() if name in {"base.html", "part.html"}}
    for number in range(1, 20):
        shown(engine, number)
    assert parts.keys() == {"base.html", "part.html"}
    assert all(kept(engine)[name] is one for name, one in parts.items())


def test_a_page_that_is_shown_again_is_not_read_again(engine):
    shown(engine, 3)
    first = engine.get_template("3.html")
    for number in (4, 3, 5, 3, 6, 3, 7, 3, 8):
        shown(engine, number)
    assert engine.get_template("3.html") is first


def test_names_that_do_not_exist_are_not_kept_without_end(engine):
    for number in range(50):
        with pytest.raises(TemplateDoesNotExist):
            engine.get_template(f"none-{number}.html")
    assert len(kept(engine)) == 6


def test_threads_that_push_each_other_out_show_what_they_were_asked_for(engine):
    asked = [number % 20 for number in range(0, 4000, 7)]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda number: shown(engine, number), asked)) == [f"<{number}: {number}, b>" for number in asked]
    assert len(kept(engine)) <= 6


def test_nodes_forget_where_they_stood_except_for_a_developer(engine, tmp_path):
    def tokens(one: Engine) -> set[bool]:
        return {node.token is None for node in one.get_template("part.html").nodelist.get_nodes_by_type(Node)}

    assert tokens(engine) == {True}
    assert tokens(Engine(dirs=[tmp_path], debug=True, loaders=engine.loaders)) == {False}


def test_the_house_keeps_its_templates_this_way():
    (django,) = engines.all()
    assert isinstance(kept(django.engine), lately.Lately)
