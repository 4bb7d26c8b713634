"""What a person or a program sees when a page cannot be shown: HTML for people, problem+json below /api. No path, no hint what is hidden."""

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from backend.api.errors import problem_response


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:  # noqa: ARG001 -- Django passes it
    """400: the request itself cannot be read."""
    return _answer(
        request, 400, _("We could not read that request"), _("Something in the address or the form was not as expected.")
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:  # noqa: ARG001 -- Django passes it
    """403: known, but not for this person."""
    return _answer(request, 403, _("This is not yours to do"), _("You may see this place, but not do this here."))


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponseBase:  # noqa: ARG001 -- Django passes it
    """403: the form came from an old or a foreign page."""
    text = _("The form was older than your sign-in, or came from another site. Go back, reload the page and send it again.")
    return _answer(request, 403, _("Please send that again"), text)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponseBase:  # noqa: ARG001 -- Django passes it
    """404: absent and hidden look alike."""
    return _answer(request, 404, _("There is nothing here"), _("The page does not exist, or it is not open to you yet."))


def server_error(request: HttpRequest) -> HttpResponseBase:
    """500: our fault. Rendered without the request, so that nothing else can fail."""
    if _for_programs(request):
        return problem_response(500)
    title, text = _("That was our fault"), _("Something broke on our side. It has been noted; please try again in a moment.")
    return HttpResponse(render_to_string("error.html", {"status": 500, "title": title, "text": text}), status=500)


def _answer(request: HttpRequest, status: int, title: str, text: str) -> HttpResponseBase:
    if _for_programs(request):
        return problem_response(status)
    return render(request, "error.html", {"status": status, "title": title, "text": text}, status=status)


def _for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith("/api/")
