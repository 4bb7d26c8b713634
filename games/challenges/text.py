"""Markdown of briefs and summaries as safe HTML. Pure: text in, text out."""

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

KEPT: Final = 128
TAGS: Final = frozenset(
    {
        *("p", "br", "hr", "blockquote", "pre", "code", "ul", "ol", "li", "dl", "dt", "dd"),
        *("h3", "h4", "h5", "h6", "strong", "em", "s", "sub", "sup", "a"),
        *("table", "thead", "tbody", "tr", "th", "td"),
    }
)
ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}
SCHEMES: Final = frozenset({"http", "https", "mailto"})
DEEPEST: Final = 6
LOWERED: Final = 2
"""A brief stands below the headings of its page: its # is an h3."""


@cache
def _parser() -> "MarkdownIt":
    """Loaded with the first text: boards have none."""
    from markdown_it import MarkdownIt  # noqa: PLC0415 -- two megabytes with what cleans

    return MarkdownIt("commonmark", {"html": False, "linkify": False, "typographer": False}).enable(["table", "strikethrough"])


@lru_cache(maxsize=KEPT)
def rendered(text: str) -> str:
    """The HTML of a Markdown text. Raw HTML in it is shown as text; no images, scripts or styles; links tell nothing to where they lead."""
    import nh3  # noqa: PLC0415 -- as the parser

    parser = _parser()
    tokens = parser.parse(text)
    level = LOWERED
    for token in tokens:
        if token.type == "heading_open":  # no level is skipped on the way down, wherever a text begins
            level = min(int(token.tag[1:]) + LOWERED, level + 1, DEEPEST)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{level}"
    html = parser.renderer.render(tokens, parser.options, {})
    return nh3.clean(
        html, tags=set(TAGS), attributes=ATTRIBUTES, url_schemes=set(SCHEMES), link_rel="nofollow noopener noreferrer ugc"
    )
