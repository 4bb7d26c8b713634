from io import BytesIO

import pytest
from rest_framework.exceptions import ParseError

from backend.api.parsers import JSONParser


def parse(body):
    return JSONParser().parse(BytesIO(body))


def test_json_is_read():
    assert parse('{"name": "Żaneta"}'.encode()) == {"name": "Żaneta"}


@pytest.mark.parametrize("body", [b"", b"{", b"NaN", b'"\xff"', b'"\\ud800"', b"[" * 5000 + b"]" * 5000, b"[1,]"])
def test_what_is_not_strict_json_is_refused_with_its_place(body):
    with pytest.raises(ParseError, match=r"The body is not JSON: .+ line 1, column"):
        parse(body)
