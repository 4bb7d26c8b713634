"""In which form somebody sends and is answered: almost everybody says plainly that it is JSON, or that any will do."""

from collections.abc import Iterable
from typing import Any, Final

from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

ANY: Final = "*/*"


class Negotiation(DefaultContentNegotiation):
    """The framework's, which takes apart and sorts what else is said."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> Any:
        """The parser of what was sent; None where there is none (415)."""
        first = next(iter(parsers), None)
        if first is not None and request.content_type == first.media_type:
            return first
        return super().select_parser(request, parsers)

    def select_renderer(self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None) -> Any:
        """The renderer of the answer, and the media type. Raises NotAcceptable."""
        first = next(iter(renderers))
        if format_suffix is None and request.META.get("HTTP_ACCEPT", ANY) in (ANY, first.media_type):
            return first, first.media_type
        return super().select_renderer(request, renderers, format_suffix)
