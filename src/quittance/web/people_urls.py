"""The addresses of whoever has an open visit: those of everybody, and the pages with people."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path, register_converter

from quittance.web.pages import batch, batches, day, door, lists, person, problems, register, review, sums
from quittance.web.urls import PAGES


class BatchName:
    """The name of a batch in an address."""

    regex = "[A-Za-z0-9][A-Za-z0-9._-]{0,63}"

    def to_python(self, value: str) -> str:
        """The name as it stands there."""
        return value

    def to_url(self, value: str) -> str:
        """The name as it is written there."""
        return value


register_converter(BatchName, "batch")

urlpatterns = i18n_patterns(
    *PAGES,
    path("register", register.page, name="register"),
    path("people/<slug:code>", person.page, name="person"),
    path("lists", lists.page, name="lists"),
    path("review", review.page, name="review"),
    path("review/answers", review.answers, name="review-answers"),
    path("review/<slug:a>/<slug:b>", review.question, name="review-question"),
    path("batches", batches.page, name="batches"),
    path("draft", batch.draft, name="draft"),
    path("batches/<batch:name>", batch.page, name="batch"),
    path("batches/<batch:name>/list", batch.manifest_page, name="batch-list"),
    path("batches/<batch:name>/day", day.page, name="day"),
    path("batches/<batch:name>/day/sheet", day.sheet, name="day-sheet"),
    path("batches/<batch:name>/day/<slug:code>", day.person, name="day-person"),
    path("day", day.post, name="day-post"),
    path("sums", sums.page, name="sums"),
    path("leave", door.leave, name="leave"),
)

handler400 = problems.bad_request
handler403 = problems.forbidden
handler404 = problems.not_found
handler500 = problems.server_error
