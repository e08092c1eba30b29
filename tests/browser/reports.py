"""Reports for the browser: invented, about the parties of the example case; a long one, many outlets, two readers."""

from __future__ import annotations

from datetime import date, timedelta

from tests.unit.web import claims
from tests.unit.web.claims import SECOND, Claims, Found, Text, make_reports

from quittance.claims.model import Claimant
from quittance.claims.promises import Known

COUNCIL = Claimant(
    key="NSC", name="National Security Council", surface="the council", org="Government", role="institution",
    side="goa",
)  # fmt: skip
SPOKESMAN = Claimant(key="SPOKESMAN_T", name="The movement's spokesman", role="spokesman", side="taliban")

OUTLETS = ("The Daily Example", "Example Agency", "Beispiel Zeitung", "مثال ورځپاڼه", "Example Radio")
START = date(2020, 4, 8)
BATCHES = (100, 98, 163, 98, 102, 89, 98, 102, 120, 130)
FILLER = (
    "Talks went on in the capital, and neither side said when the next round would be. Elders from three provinces "
    "asked that families be told before the buses leave. Nobody could say how long the road would stay closed.\n"
)


def _day(n: int) -> date:
    return START + timedelta(4 * n)


def _texts() -> tuple[list[Text], list[Found]]:
    texts: list[Text] = []
    found: list[Found] = []
    total = 0
    for n, batch in enumerate(BATCHES):
        total += batch
        day, outlet = _day(n).isoformat(), OUTLETS[n % 5]
        batch_words = f"The council says {batch} prisoners went home"
        total_words = f"bringing the total to {total}"
        other_words = f"The movement's spokesman counts {total - 40 * n}"
        texts.append((f"rep{n:02}", day, outlet, f"{batch_words}, {total_words}. {other_words}.\n{FILLER}"))
        fields: dict[str, object] = {"actor": "goa", "object": "taliban", "claimant": COUNCIL, "event_date": day}
        found += [
            (f"rep{n:02}", batch_words, str(batch), {**fields, "kind": "batch"}),
            (f"rep{n:02}", total_words, str(total), {**fields, "kind": "cumulative"}),
            (f"rep{n:02}", other_words, str(total - 40 * n), {**fields, "kind": "cumulative", "claimant": SPOKESMAN}),
        ]
        if n % 3 == 0:
            texts.append((f"copy{n:02}", day, OUTLETS[(n + 1) % 5], f"{batch_words}, {total_words}.\n"))
            found.append((f"copy{n:02}", total_words, str(total), {**fields, "kind": "cumulative"}))
    texts.append(("long", "2020-06-01", OUTLETS[0], FILLER * 60 + "The council says 7 prisoners went home.\n"))
    held: dict[str, object] = {"actor": "goa", "object": "taliban", "claimant": COUNCIL, "event_date": "2020-06-01"}
    found.append(("long", "The council says 7 prisoners went home", "7", held))
    return texts, found


TEXTS, FOUND = _texts()
_BY_DOC = {one.doc: sha256 for sha256, one in make_reports(TEXTS).items()}
SHORT, LONG = _BY_DOC["rep04"], _BY_DOC["long"]


def first_code(sha256: str) -> str:
    """The code of the first claim of a report."""
    return next(one.code for one in Reports().claims(None) if one.report == sha256)


class Reports(Claims):
    """The claims of these reports; another reader has decided five of them."""

    def __init__(self) -> None:
        known = [Known(actor="goa", day=_day(2), total=300), Known(actor="goa", day=_day(6), total=700)]
        super().__init__(texts=TEXTS, found=FOUND, known=known, as_of=date(2020, 9, 12))
        kinds = ("batch", "cumulative", "batch", "cumulative", "target")
        short = [one for one in self.machine if one.doc in ("rep04", "rep05")]
        for claim, kind in zip(short, kinds, strict=False):
            code = claims.code_in(claim.id)
            changed = claims.decisions.corrected(claim, {"kind": kind}, SECOND, claims.AT)
            self.others[code] = {SECOND: (changed,), "ef" * 32: (claim,)}
