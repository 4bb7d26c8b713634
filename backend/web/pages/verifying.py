"""For strangers: whether a certificate or a badge is true, and what other programs need to find out without asking us."""

from typing import Any, Final
from uuid import UUID

import orjson
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from games.credentials import queries
from games.credentials.models import Certificate, Credential
from games.credentials.queries import Verdict
from games.credentials.queries.held import criteria_of, title_of
from games.credentials.queries.keys import key_chain as published_chain
from games.credentials.queries.keys import receipt_here
from games.credentials.rules import CredentialState, SourceKind
from games.credentials.rules.badges import picture
from games.cycles.models import Cycle
from games.permissions import sees_cycle
from leaderboards import receipts

LEVELS: Final = {
    Verdict.VALID: ("good", gettext_lazy("Valid")),
    Verdict.REVOKED: ("bad", gettext_lazy("Taken back")),
    Verdict.ALTERED: ("bad", gettext_lazy("Not what was issued")),
    Verdict.KEY_WITHDRAWN: ("bad", gettext_lazy("No longer to be believed")),
    Verdict.UNKNOWN: ("none", gettext_lazy("Not issued here")),
    Verdict.WAITING: ("none", gettext_lazy("Being made")),
}
EVERYWHERE: Final = {"Access-Control-Allow-Origin": "*", "X-Content-Type-Options": "nosniff"}
"""Other sites may read what is published for them."""
SHORT: Final = "max-age=300"


def told(verdict: Verdict) -> dict[str, Any]:
    """A verdict as pages show it."""
    level, label = LEVELS[verdict]
    return {"key": verdict.value, "level": level, "label": label}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_page(request: HttpRequest) -> HttpResponse:
    """A file or some text that somebody shows: is it true?"""
    context: dict[str, Any] = {"typed": "", "issuer": queries.issuer(), "largest": queries.FILE_LARGEST // 1024 // 1024}
    if request.method != "POST":
        return render(request, "credentials/verify.html", context)
    typed, file = request.POST.get("text", "").strip(), request.FILES.get("file")
    context["typed"] = typed[:20_000]
    if file is not None and (file.size or 0) > queries.FILE_LARGEST:
        context["fault"] = _("This file is too large: at most %(size)d MB.") % {"size": context["largest"]}
        return render(request, "credentials/verify.html", context, status=422)
    if file is None and not typed:
        context["fault"] = _("Choose a file, or paste the text of a badge.")
        return render(request, "credentials/verify.html", context, status=422)
    content = file.read() if file is not None else typed.encode(errors="replace")
    if file is None and (address := queries.address_in(content)) is not None:
        return redirect("verify-one", address)
    found = queries.verify_file(content)
    context |= {"verdict": told(found.verdict), "file": file.name if file is not None else ""}
    if found.credential is not None:
        context |= _shown(request, found.credential)
    return render(request, "credentials/verify.html", context)


def _shown(request: HttpRequest, row: Credential) -> dict[str, Any]:
    """What was issued, as far as its page says it: the cycle's pages are linked for whoever may see them."""
    return {"one": row, "claim": row.claim, "linked": sees_cycle(access_of(request), row.cycle_id)}


def _by_id(public_id: UUID) -> Credential:
    found = queries.credential_by_id(public_id)
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def one_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What a credential says and whether it is valid now, for whoever has its address. Its holder chooses whom to give that."""
    row = _by_id(public_id)
    verdict = queries.verdict_on(row)
    mine = row.person_id in access_of(request).persons if row.person_id else row.group_id in access_of(request).groups
    context = {
        **_shown(request, row),
        "verdict": told(verdict),
        "mine": mine,
        "page": Certificate.objects.filter(credential=row).exists(),
    }
    return render(request, "credentials/one.html", context)


def _issued(public_id: UUID) -> Credential:
    row = _by_id(public_id)
    if row.state == CredentialState.ASKED.value or not row.token:
        raise Http404
    return row


@require_safe
def certificate_file(request: HttpRequest, public_id: UUID) -> HttpResponse:  # noqa: ARG001 the address is the key
    """The printed page, as it was made."""
    row = _issued(public_id)
    made = Certificate.objects.filter(credential=row).first()
    if made is None:
        raise Http404
    headers = {"Content-Disposition": f'inline; filename="certificate-{row.public_id}.pdf"', "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(made.content), content_type="application/pdf", headers=headers)


@require_safe
def badge_file(request: HttpRequest, public_id: UUID) -> HttpResponse:  # noqa: ARG001 the address is the key
    """The signed badge, as text."""
    row = _issued(public_id)
    headers = {**EVERYWHERE, "Content-Disposition": f'attachment; filename="badge-{row.public_id}.jwt"'}
    return HttpResponse(row.token, content_type="application/vc+jwt", headers=headers)


@require_safe
def badge_picture(request: HttpRequest, public_id: UUID) -> HttpResponse:  # noqa: ARG001 the address is the key
    """The badge as a picture that carries the signed words."""
    row = _issued(public_id)
    headers = {**EVERYWHERE, "Content-Disposition": f'inline; filename="badge-{row.public_id}.svg"'}
    return HttpResponse(picture(row.claim, row.token), content_type="image/svg+xml", headers=headers)


# --- Receipts -------------------------------------------------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def receipt_page(request: HttpRequest) -> HttpResponse:
    """A receipt of a board that somebody shows: what it proves, point by point, with the key that the reader trusts."""
    context: dict[str, Any] = {"typed": "", "key": "", "present": queries.present_key().kid, "house": queries.issuer().address}
    if request.method != "POST":
        return render(request, "credentials/receipt.html", context)
    typed, file, key = request.POST.get("text", "").strip(), request.FILES.get("file"), request.POST.get("key", "").strip()[:100]
    context |= {"typed": typed[:20_000], "key": key}
    if file is None and not typed:
        context["fault"] = _("Choose a receipt, or paste its text.")
        return render(request, "credentials/receipt.html", context, status=422)
    if file is not None and (file.size or 0) > receipts.LONGEST:
        context["fault"] = _("This file is too large to be a receipt.")
        return render(request, "credentials/receipt.html", context, status=422)
    content = file.read() if file is not None else typed.encode(errors="replace")
    checked, known = receipt_here(content, pinned=key)
    context |= {
        "found": checked,
        "points": _points(checked, key),
        "known": known,
        "statement": checked.statement,
        "row": checked.row,
    }
    if known is not None and known.snapshot is not None and sees_cycle(access_of(request), known.snapshot.board.scope):
        context["cycle"] = Cycle.objects.filter(pk=known.snapshot.board.scope).first()
    return render(request, "credentials/receipt.html", context)


def _points(checked: receipts.Checked, key: str) -> list[dict[str, str]]:
    """What was found, a sentence each."""
    if checked.findings[receipts.Point.SHAPE] is not receipts.Finding.HOLDS:
        return []
    words = {
        ("included", "holds"): _("The row is in the version that the receipt names: its path leads to the root."),
        ("included", "fails"): _("The row is not in the version that the receipt names: its path leads elsewhere."),
        ("signed", "holds"): _("The version was signed by the key in the receipt, to the last sign."),
        ("signed", "fails"): _("The key in the receipt did not sign this version."),
        ("trusted", "holds"): _("That key is the one you trust, or follows from it.")
        if key
        else _("That key is one of this house."),
        ("trusted", "fails"): _("That key is not the one you trust, and does not follow from it."),
        ("trusted", "open"): _("Whose key it is cannot be told: it is none of this house."),
    }
    told = ((point.value, finding.value) for point, finding in receipts.lines(checked))
    return [{"finding": finding, "words": words[point, finding]} for point, finding in told if (point, finding) in words]


# --- For programs ---------------------------------------------------------------------------------------------------------------------


def _json(data: Any, *, kind: str = "application/json") -> HttpResponse:
    return HttpResponse(orjson.dumps(data), content_type=kind, headers={**EVERYWHERE, "Cache-Control": SHORT})


@require_safe
def did_document(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Who signs here, with the public keys that are believed (did:web)."""
    return _json(queries.identity())


@require_safe
def key_set(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """The same keys as a JWK set."""
    return _json(queries.key_set())


@require_safe
def key_chain(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Every key of this house, and the statements by which one follows another."""
    return _json(published_chain())


@require_safe
def status_list(request: HttpRequest, number: int) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Which credentials were taken back: a signed list of bits, good for a day."""
    token = queries.signed_status_list(number)
    if token is None:
        raise Http404
    return HttpResponse(token, content_type="application/vc+jwt", headers={**EVERYWHERE, "Cache-Control": SHORT})


@require_safe
def achievement(request: HttpRequest, cycle: str, source: str, key: str) -> HttpResponse:
    """What could be won, as Open Badges say it."""
    found = seen(request, "cycle.view", Cycle.objects.all(), key=cycle)
    if source not in set(SourceKind) or (title := title_of(found, SourceKind(source), key)) is None:
        raise Http404
    body = {
        "@context": ["https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],
        "id": queries.absolute("achievement", found.key, source, key),
        "type": ["Achievement"],
        "name": title,
        "description": f"{title}: {found.name}",
        "criteria": {"narrative": criteria_of(found, SourceKind(source), key)},
        "creator": queries.issuer().profile(),
    }
    return _json(body, kind="application/ld+json")
