"""The status for other programs: CSV with a row of HXL tags, and JSON in the words of OCDS milestones."""

from __future__ import annotations

import csv
from dataclasses import fields, is_dataclass
from datetime import date
from io import StringIO

from quittance.agreement.model import Agreement
from quittance.views.rows import CommitmentRow
from quittance.views.sentence import Sentence
from quittance.views.status import StatusView

COLUMNS = (
    ("agreement", "#meta+agreement"),
    ("as_of", "#date+asof"),
    ("known_by", "#date+known"),
    ("commitment", "#activity+id"),
    ("act", "#activity+type"),
    ("debtor", "#org+debtor"),
    ("creditor", "#org+creditor"),
    ("deadline", "#date+end"),
    ("total", "#targeted"),
    ("low", "#reached+verified"),
    ("high", "#reached+claimed"),
    ("status", "#status"),
    ("disputed", "#status+disputed"),
    ("readings", "#status+readings"),
    ("implementation", "#indicator+implementation+num"),
    ("evidence", "#meta+source"),
)
"""Header and HXL tag of each column. `low` is what is verified or conceded, `high` what anyone claims."""

OCDS_STATUS = {"ok": "met", "late": "notMet", "off": "notMet", "open": "scheduled", "blocked": "scheduled"}


def indicator(row: CommitmentRow) -> int | None:
    """3 settled, 2 begun and not behind, 1 begun and behind, 0 nothing done; None for what is pending or off."""
    if row.class_ == "ok":
        return 3
    if row.class_ == "off" or row.status == "pending":
        return None
    if not row.low:
        return 0
    return 1 if row.required is not None and row.low < row.required else 2


def status_csv(view: StatusView) -> str:
    """A header, the HXL tags, and one row a commitment; lists are joined with a space, what is not known is empty."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header for header, _ in COLUMNS)
    writer.writerow(tag for _, tag in COLUMNS)
    for row in view.rows:
        cells = (
            view.agreement,
            view.as_of,
            view.known_by,
            row.id,
            row.act,
            " ".join(party.id for party in row.debtors),
            " ".join(party.id for party in row.creditors),
            row.deadline,
            row.total,
            row.low,
            row.high,
            row.status,
            " ".join(row.disputed),
            " ".join(f"{reading.party.id}={reading.status}" for reading in row.readings),
            indicator(row),
            " ".join(row.evidence),
        )
        writer.writerow(["" if cell is None else cell for cell in cells])
    return text.getvalue()


def ocds_json(view: StatusView, agreement: Agreement) -> dict[str, object]:
    """Each commitment as a milestone with `dueDate`, `dateMet`, `status` and `dateModified`; figures as an interval."""
    return {
        "format": "quittance-milestones/1",
        "agreement": view.agreement,
        "title": view.title,
        "external": dict(agreement.external),
        "as_of": view.as_of,
        "known_by": view.known_by,
        "milestones": [
            {
                "id": row.id,
                "type": row.act,
                "title": str(row.title),
                "description": str(row.figure),
                "dueDate": row.deadline or row.nominal_deadline,
                "dateMet": row.done_on,
                "dateModified": view.known_by,
                "status": "partiallyMet" if _is_part(row) else OCDS_STATUS[row.class_],
                "target": row.total,
                "low": row.low,
                "high": row.high,
                "unit": row.unit,
                "quittanceStatus": row.status,
                "disputed": list(row.disputed),
            }
            for row in view.rows
        ],
    }


def _is_part(row: CommitmentRow) -> bool:
    return row.class_ not in ("ok", "off") and bool(row.low)


def view_json(name: str, view: object) -> dict[str, object]:
    """A whole view as JSON values under the format `quittance-<name>/1`; sentences are in English, days are ISO."""
    plain = _plain(view)
    assert isinstance(plain, dict)
    return {"format": f"quittance-{name}/1", **plain}


def _plain(value: object) -> object:
    if isinstance(value, Sentence):
        return str(value)
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name.rstrip("_"): _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    return value.isoformat() if isinstance(value, date) else value
