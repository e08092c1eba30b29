"""A receipt or an evidence bundle is dropped here, and answered with a sentence. Nothing of it is kept.

This is the one page that takes a POST. It needs no CSRF token, and so no cookie: what is posted changes nothing, is
written nowhere, and is answered from the posted bytes and from what any page of this case shows; a foreign page that
made a browser post here would learn nothing, because it may not read the answer.
"""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import UnreadablePostError

from quittance.files.receipts import MAX_BUNDLE_BYTES
from quittance.record.receipt import MAX_RECEIPT_BYTES
from quittance.views.proof import ProofView, Refusal, refusal_of
from quittance.visibility import OPERATOR
from quittance.web.pages.frame import answer, asked, present
from quittance.web.uploads import MOST_BYTES, discard

FORM = "multipart/form-data"


def page(request: HttpRequest) -> HttpResponse:
    """The form; after a POST, above it what the file proves, or why it is refused: 200 for both.

    413 for a body that is too large, 415 for one that is not this form's, 400 for one that did not arrive whole.
    """
    case, question = asked(request)
    found: ProofView | Refusal | None = None
    status, name = question.status, ""
    if request.method == "POST":
        given, status, name = _given(request)
        found = given if isinstance(given, Refusal) else case.prove(OPERATOR, given)
    proof, refusal = (found, None) if isinstance(found, ProofView) else (None, found)
    response = answer(
        request,
        "quittance/verify.html",
        question,
        present(case),
        with_readings=False,
        place="verify",
        proof=proof,
        refusal=refusal,
        file_name=name,
    )
    response.status_code = status
    return response


def _given(request: HttpRequest) -> tuple[bytes | Refusal, int, str]:
    """What was posted, or why it is not even looked at; the status of the answer; the name of the file."""
    if request.content_type != FORM:
        discard(request)
        return refusal_of("upload.form"), 415, ""
    length = request.META.get("CONTENT_LENGTH") or "0"
    if not length.isdecimal() or int(length) > MOST_BYTES:
        discard(request)
        return refusal_of("upload.too_large"), 413, ""
    try:
        files, pasted = request.FILES, request.POST.get("text", "")
    except RequestDataTooBig:
        discard(request)
        return refusal_of("upload.too_large"), 413, ""
    except (SuspiciousOperation, MultiPartParserError, UnreadablePostError):
        discard(request)
        return refusal_of("upload.form"), 400, ""
    uploaded = files.get("file")
    data = uploaded.read() if uploaded is not None else b""
    name = (uploaded.name or "") if uploaded is not None else ""
    if data:
        most = MAX_BUNDLE_BYTES if data.startswith(b"PK") else MAX_RECEIPT_BYTES
        return (data, 200, name) if len(data) <= most else (refusal_of("upload.too_large"), 413, name)
    return (_unwrapped(pasted), 200, "") if pasted.strip() else (refusal_of("upload.empty"), 200, "")


def _unwrapped(pasted: str) -> bytes:
    """Pasted text as the file it was copied from: a browser sends CR LF, and the last line end is often not marked."""
    return pasted.replace("\r\n", "\n").strip("\n ").encode("utf-8", "replace") + b"\n"
