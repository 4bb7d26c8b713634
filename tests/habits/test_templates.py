"""Templates and pages live under a strict content security policy: no inline style, script or handler, nothing from elsewhere."""

import re
from pathlib import Path

import pytest
from django.template import engines

from tests.habits.house import PACKAGES, ROOT, name_of

INLINE = {
    "inline style": re.compile(r"<style\b|\sstyle\s*=", re.IGNORECASE),
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>(?!\s*</script>)", re.IGNORECASE),
    "inline handler": re.compile(r"\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "htmx that needs eval": re.compile(r"\bhx-on\b|\bhx-on:|hx-vals\s*=\s*[\"']js:", re.IGNORECASE),
    "something from another host": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//(?!\{)", re.IGNORECASE),
}
DATA_BLOCK = re.compile(r"<script[^>]*type=[\"']application/(?:ld\+)?json[\"'][^>]*>.*?</script>", re.IGNORECASE | re.DOTALL)
LINKS_OUT = re.compile(r"<a\b[^>]*>", re.IGNORECASE | re.DOTALL)


def templates() -> list[Path]:
    return sorted(path for folder in PACKAGES for path in (ROOT / folder).rglob("*.html") if "templates" in path.parts)


def found_in(text: str) -> list[str]:
    text = re.sub(r"\{#.*?#\}|\{% comment %\}.*?\{% endcomment %\}", "", text, flags=re.DOTALL)
    text = DATA_BLOCK.sub("", text)
    return [what for what, pattern in INLINE.items() if pattern.search(LINKS_OUT.sub("<a>", text) if "host" in what else text)]


def test_no_template_has_anything_inline_or_from_elsewhere():
    assert {name_of(path): found for path in templates() if (found := found_in(path.read_text(encoding="utf-8")))} == {}


def test_every_template_parses():
    engine = engines["django"]
    assert templates()
    for path in templates():
        relative = str(path).split("/templates/", 1)[1]
        assert engine.get_template(relative).template.name == relative


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('<p style="color: red">', ["inline style"]),
        ("<script>alert(1)</script>", ["inline script"]),
        ('<button onclick="go()">', ["inline handler"]),
        ('<script src="https://cdn.example/x.js"></script>', ["something from another host"]),
        (
            '<a href="https://example.org">x</a><script src="{% static \'x.js\' %}"></script><link rel="stylesheet" href="x.css">',
            [],
        ),
    ],
)
def test_the_finder_itself(text, expected):
    assert found_in(text) == expected
