"""The addresses of whoever has an open visit: those of everybody, and the pages with people."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from quittance.web.pages import door, lists, person, problems, register, review
from quittance.web.urls import PAGES

urlpatterns = i18n_patterns(
    *PAGES,
    path("register", register.page, name="register"),
    path("people/<slug:code>", person.page, name="person"),
    path("lists", lists.page, name="lists"),
    path("review", review.page, name="review"),
    path("review/answers", review.answers, name="review-answers"),
    path("review/<slug:a>/<slug:b>", review.question, name="review-question"),
    path("leave", door.leave, name="leave"),
)

handler400 = problems.bad_request
handler403 = problems.forbidden
handler404 = problems.not_found
handler500 = problems.server_error
