import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.challenges.text import rendered


def test_a_brief_is_rendered_below_the_headings_of_its_page():
    assert rendered("# Task\n\nWrite **one** page.") == "<h3>Task</h3>\n<p>Write <strong>one</strong> page.</p>\n"


def test_tables_and_lists_are_kept():
    html = rendered("|a|b|\n|-|-|\n|1|2|\n\n3. three\n4. four")
    assert "<td>1</td>" in html
    assert '<ol start="3">' in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "[x](data:text/html;base64,xxx)",
        "![x](https://example.org/pixel.png)",
        '<img src=x onerror="alert(1)">',
        "<style>body{}</style>",
        "[x](https://example.org 'a\" onclick=alert(1)')",
    ],
)
def test_nothing_that_runs_or_loads_comes_through(text):
    html = rendered(text)
    for bad in ("<script", "<img", "<style", '" onclick', 'href="javascript', 'href="data'):
        assert bad not in html


def test_links_tell_nothing_to_where_they_lead():
    assert rendered("[x](https://example.org)") == (
        '<p><a href="https://example.org" rel="nofollow noopener noreferrer ugc">x</a></p>\n'
    )


@given(st.text(alphabet="<>&\"'`*_[]()!#| \nabj:", max_size=60))
def test_whatever_is_written_only_known_tags_come_out(text):
    html = rendered(text)
    assert "<script" not in html
    assert "<img" not in html
    assert rendered(text) == html


def test_headings_never_skip_a_level_wherever_a_text_begins():
    assert rendered("## Problem\n\n#### Deep\n\n# Top") == "<h3>Problem</h3>\n<h4>Deep</h4>\n<h3>Top</h3>\n"
