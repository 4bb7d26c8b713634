"""What no person sends: a null character in an address or a form, which the database takes nowhere."""

from collections.abc import Callable

from django.core.exceptions import BadRequest
from django.db import DataError
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from backend.web.errors import bad_request

NUL = "\0"


class StrangeSigns:
    """Such an address is nowhere (404); a form with such a sign is refused (400) where nobody else did."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, unless the address cannot be anywhere."""
        if NUL in request.path_info:
            raise Http404
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """A page that asked the database with what was sent: the fault is not ours."""
        if not isinstance(exception, DataError) or request.path_info.startswith("/api/"):
            return None
        sent = (value for form in (request.GET, request.POST) for _name, values in form.lists() for value in values)
        return bad_request(request, BadRequest()) if any(NUL in str(value) for value in sent) else None
