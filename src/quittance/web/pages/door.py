"""Coming in to the pages with people, and leaving them."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from quittance.web.desk import COOKIE, FORM, SEE_OTHER, desk_in, desk_of, posted
from quittance.web.readonly import PEOPLE_URLS
from quittance.web.uploads import discard
from quittance.web.visits import LONGEST_SECONDS


def enter(request: HttpRequest) -> HttpResponse:
    """Exchange the token of the address, or of the form, for a visit; without one, the form. 403 for a wrong one."""
    desk = desk_in(request)
    if desk is None:
        raise Http404
    if request.method == "POST" and request.content_type != FORM:
        discard(request)
    given = request.GET if request.method == "GET" else request.POST
    token = "".join(given.get("token", "").split())[:200]
    cookie = desk.visits.enter(token) if token else None
    if cookie is None:
        return render(request, "quittance/enter.html", {"refused": bool(token)}, status=403 if token else 200)
    first = "register" if desk.lists is not None else "claims"
    response = HttpResponseRedirect(reverse(first, urlconf=PEOPLE_URLS), status=SEE_OTHER)
    response.set_cookie(COOKIE, cookie, max_age=LONGEST_SECONDS, httponly=True, samesite="Strict")
    desk.open_door()
    return response


def leave(request: HttpRequest) -> HttpResponse:
    """End the visit."""
    desk, _ = desk_of(request)
    if request.method != "POST":
        raise Http404
    posted(request)
    desk.visits.leave()
    response = HttpResponseRedirect(reverse("status"), status=SEE_OTHER)
    response.delete_cookie(COOKIE, samesite="Strict")
    return response
