"""The addresses that anybody on this machine may open, all under `/en/` or `/ps/`: a link says its language."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path

from quittance.web.desk import ENTER
from quittance.web.pages import commitment, door, entry, exposure, matrix, problems, record, status, timeline, verify
from quittance.web.readonly import VERIFY

PAGES = [
    path("", status.page, name="status"),
    path("status.csv", status.csv_file, name="status-csv"),
    path("timeline", timeline.page, name="timeline"),
    path("timeline.csv", timeline.csv_file, name="timeline-csv"),
    path("timeline.svg", timeline.svg_file, name="timeline-svg"),
    path("weeks", matrix.page, name="matrix"),
    path("exposure", exposure.page, name="exposure"),
    path("exposure.csv", exposure.csv_file, name="exposure-csv"),
    path("exposure.svg", exposure.svg_file, name="exposure-svg"),
    path("commitments/<slug:name>", commitment.page, name="commitment"),
    path("entries/<path:name>", entry.page, name="entry"),
    path("record", record.page, name="record"),
    path("record/checkpoint", record.checkpoint, name="record-checkpoint"),
    path("record/keys.jsonl", record.keys, name="record-keys"),
    path("record/quittance_check.py", record.checker, name="record-checker"),
    path("record/entries/<int:index>.tlog-proof", record.receipt, name="record-receipt"),
    path("record/entries/<int:index>.zip", record.bundle, name="record-bundle"),
    path(VERIFY, verify.page, name="verify"),
    path(ENTER, door.enter, name="enter"),
]
urlpatterns = i18n_patterns(*PAGES)

handler400 = problems.bad_request
handler403 = problems.forbidden
handler404 = problems.not_found
handler500 = problems.server_error
