"""The addresses of whoever has an open visit: those of everybody, and the pages with people."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path, register_converter

from quittance.web.pages import (
    batch,
    batches,
    claim_agreement,
    claim_origins,
    claim_report,
    claim_series,
    claims,
    day,
    door,
    lists,
    person,
    problems,
    register,
    review,
    sums,
)
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


class Sha256:
    """The digest that names a report in an address."""

    regex = "[0-9a-f]{64}"

    def to_python(self, value: str) -> str:
        """The digest as it stands there."""
        return value

    def to_url(self, value: str) -> str:
        """The digest as it is written there."""
        return value


register_converter(BatchName, "batch")
register_converter(Sha256, "sha256")

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
    path("claims", claims.page, name="claims"),
    path("claims/answers", claims.answers, name="claims-answers"),
    path("claims/series", claim_series.page, name="claim-series"),
    path("claims/series.csv", claim_series.csv_file, name="claim-series-csv"),
    path("claims/series.svg", claim_series.svg_file, name="claim-series-svg"),
    path("claims/origins", claim_origins.page, name="claim-origins"),
    path("claims/origins.csv", claim_origins.csv_file, name="claim-origins-csv"),
    path("claims/agreement", claim_agreement.page, name="claim-agreement"),
    path("claims/<sha256:name>", claim_report.page, name="claim-report"),
    path("leave", door.leave, name="leave"),
)

handler400 = problems.bad_request
handler403 = problems.forbidden
handler404 = problems.not_found
handler500 = problems.server_error
