"""What a judge's browser needs to go on without a connection: the facts of a sheet, words for its scripts, the service worker."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import me, signed_in

WORKER: Final = Path(__file__).resolve().parents[3] / "static" / "js" / "judging-worker.js"

SHEET: Final = ("judging", "judging-keys", "judging-files")
"""What the page of a sheet loads beside what the lists load: a sheet may be opened for the first time without a connection."""

DOORS: Final = ("confirm", "set-password", "invitation")
"""Links from mails behind which somebody else may come in: what was kept for the judge before them goes."""


@cache
def _worker() -> bytes:
    return WORKER.read_bytes()


@require_safe
def worker(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """The service worker. It stands here, not among the static files, because it rules only what lies below its own address.

    It is registered once more for the addresses at which one signs out and in, so that it sees the judge leave, and somebody else come,
    from any page: hence the header.
    """
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    source = WORKER.read_bytes() if settings.DEBUG else _worker()
    return HttpResponse(source, content_type="text/javascript; charset=utf-8", headers=headers)


@never_cache
@signed_in
@require_safe
def unconnected(request: HttpRequest) -> HttpResponse:
    """What is shown without a connection in the place of a page that this browser has not kept."""
    return render(request, "judging/unconnected.html")


def facts(request: HttpRequest, queue: list[int], **more: Any) -> dict[str, Any]:
    """What the scripts of every page of the desk know: who works here, the queue in its order, addresses, words."""
    return {
        "user": me(request).pk,
        "queue": queue,
        "api": "/api/v1/sheets/",
        "cookie": settings.CSRF_COOKIE_NAME,
        "addresses": {
            "queue": reverse("queue"),
            "sheet": reverse("sheet", args=[0]),
            "unconnected": reverse("judging-unconnected"),
            "worker": reverse("judging-worker"),
            "sign_in": reverse("sign-in"),
            "sign_out": reverse("sign-out"),
            "doors": [*map(reverse, ("sign-in", "leave")), *(reverse(name, args=["0"])[:-2] for name in DOORS)],
        },
        "assets": [static(f"js/{name}.js") for name in SHEET],
        "words": _words() | _mark_words(),
        **more,
    }


def _words() -> dict[str, str]:
    """Everything the scripts say. {0}, {1} are filled in there."""
    return {
        "idle": _("Saved as you go"),
        "saving": _("Saving …"),
        "saved": _("Saved at {0}"),
        "kept": _("No connection. Kept on this device, saved as soon as it is back."),
        "kept_short": _("on this device"),
        "unkept": _("No connection, and this browser keeps nothing: leave this page open."),
        "stuck": _("Not saved: {0}"),
        "signed_out": _("You are signed out. What you wrote is kept on this device."),
        "somebody_else": _("Somebody else is signed in here. What you wrote waits for you."),
        "gone": _("This sheet is no longer yours. What you wrote is still on this device."),
        "broken": _("The server did not understand. What you wrote is kept on this device."),
        "handing_in": _("Handing in …"),
        "handed_in": _("{0}: final."),
        "not_yet": _("Not yet handed in: waiting for the connection."),
        "not_yet_short": _("not yet handed in"),
        "stay": _(
            "Not yet handed in: waiting for the connection. The next entry is not on this device; it opens when you are back."
        ),
        "clash": _("Elsewhere: {0}. Here: {1}."),
        "clash_wait": _("Changed on another device: choose which to keep."),
        "nothing": _("nothing"),
        "refused": _("needs another look"),
        "marked": _("{0} of {1} criteria marked"),
        "kept_pages": _("Entries that open without a connection: {0}"),
        "kept_files": _("Entries that open without a connection: {0}, with {1} of their files"),
        "file_kept": _("opens without a connection"),
        "file_not_kept": _("opens only with the connection"),
        "leave": _("Some of what you wrote is only on this device. It stays here and is sent when you sign in again. Sign out?"),
        "needs_connection": _("This needs the connection. Your words stay here: try again when it is back."),
        "discard": _("Throw it away"),
        "discarded": _("Thrown away."),
        "over": _("the sheet is closed for marks. What you wrote is only on this device."),
        "owed": _("Words for the team are promised on: {0}. Write a sentence, or press again to finish without."),
        "comment": _("Feedback"),
        "note": _("Your note"),
    }


def _mark_words() -> dict[str, str]:
    """What can be wrong with a mark."""
    return {
        "needed": _("A mark is needed"),
        "no_number": _("Expected a number like 3 or 7.5"),
        "too_low": _("The least is {0}"),
        "too_high": _("The most is {0}"),
        "not_among": _("Expected one of {0}"),
        "off_step": _("Expected steps of {0}"),
    }
