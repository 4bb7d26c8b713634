"""A cycle that is still written has no desk: whoever organizes it is led to where it is written."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _


class StillWritten(Exception):
    """A page of the desk was asked for a cycle that is a draft."""

    def __init__(self, pk: int) -> None:
        super().__init__(pk)
        self.pk = pk


class ToTheDraft:
    """Answers `StillWritten` with the way to the draft."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """To the editor, with a word why."""
        if not isinstance(exception, StillWritten):
            return None
        messages.info(request, _("This cycle is a draft: its desk opens with the launch. Here it is written."))
        return redirect("draft", exception.pk)
