"""JSON in: strict UTF-8, bounded depth, no NaN, nothing that the database could not keep."""

from collections.abc import Mapping
from typing import IO, Any

import orjson
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from leaderboards.engine.language import gettext as _


class JSONParser(BaseParser):
    """application/json."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,  # noqa: ARG002 -- the framework's signature
        parser_context: Mapping[str, Any] | None = None,  # noqa: ARG002 -- the framework's signature
    ) -> Any:
        """Raise ParseError with the place of the fault."""
        try:
            return orjson.loads(stream.read())
        except orjson.JSONDecodeError as fault:
            message = _(
                "The body is not JSON: {msg}, line {lineno}, column {colno}.",
                msg=fault.msg,
                lineno=fault.lineno,
                colno=fault.colno,
            )
            raise ParseError(message) from fault
