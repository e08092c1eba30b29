"""From an accepted claim to a fact of the case: an entry of the journal, or why it stays a claim and nothing more.

A fact says that somebody reports a number, never that it is so. What has no honest kind of entry stays a claim: plans,
demands, intervals, parts of a batch, and whatever nobody whom the agreement knows has said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from quittance.agreement.journal import Entry, ListGive, Perform, Total
from quittance.agreement.model import Agreement, Commitment
from quittance.claims.model import Claim, Claimant
from quittance.claims.profile import AGREEMENT, profile_of

RELEASE = "release"
DAY = len("2020-04-08")

STAYS: Mapping[str, str] = {
    "event": "it tells of no release that has happened and of no list handed over",
    "kind": "the journal has no kind of entry for such a number",
    "number": "it has no number",
    "interval": "its number is a range, an upper bound, or vague, and an entry has one figure",
    "speaker": "whoever says it is no party of the agreement",
    "actor": "the releasing side is no single party of the agreement",
    "commitment": "the agreement does not say under which commitment this counts; name it",
    "definition": "it counts other people than the commitment does",
    "list": "the agreement does not say which list this is",
    "day": "it has no day",
    "future": "it happened after it was published",
}
"""Why an accepted claim is no fact of the journal."""

WORDS = {
    "at_least": "printed as at least",
    "more_than": "printed as more than",
    "nearly": "inferred: printed as nearly",
    "about": "inferred: printed as about",
}
"""Modality -> the note of the entry. Other modalities have no single figure, and an exact one needs no note."""

UNDATED = "date inferred: that of the report"


@dataclass(frozen=True, slots=True)
class Case:
    """What of a case decides about facts: its agreement, and which codes and claimants are which party of it."""

    agreement: Agreement
    codes: Mapping[str, str]
    voices: Mapping[str, str]

    @classmethod
    def of(cls, agreement: Agreement) -> Case:
        """The case of an agreement, with the voices of its parties."""
        names = {one.name: key for key, one in agreement.parties.items()}
        parties = {side.code: names[side.names[0]] for side in profile_of(agreement).sides if side.names[0] in names}
        codes = {key: key for key in agreement.parties} | parties
        voices = {
            voice.key: codes[side.code]
            for side in profile_of(agreement).sides
            if side.code in codes
            for voice in (side.voice, side.officials, *side.institutions, *side.speakers)
        }
        return cls(agreement, codes, voices)

    def speaker(self, claimant: Claimant) -> str | None:
        """The party for which a claimant speaks; None for outlets, papers, unknown neutrals and everybody else."""
        if claimant.role == "document" or claimant.side == AGREEMENT:
            return None
        return self.codes.get(claimant.side or "") or self.voices.get(claimant.key)


def fact_of(
    claim: Claim, case: Case, name: str, source: Sequence[str], known: date, of: Sequence[str] | None = None
) -> Entry | str:
    """The entry called `name` that an accepted claim becomes, or the key of `STAYS` that says why it becomes none.

    `known` is the day on which it was published, or taken in where nobody knows that. `of` are the commitments that a
    reader has named; where he has not, it is the one whole that the releasing side owes.
    """
    if claim.event_type not in ("done", "list"):
        return "event"
    quantity, modality = claim.quantity, claim.quantity.modality if claim.quantity else ""
    if quantity is None:
        return "number"
    if quantity.value is None or modality not in ("exact", *WORDS):
        return "interval"
    by = case.speaker(claim.claimant)
    if by is None:
        return "speaker"
    if claim.kind == "batch" and not claim.event_date:  # on the day of the report it might be counted a second time
        return "day"
    day = _day_of(claim, known)
    if isinstance(day, str):
        return day
    at, notes = day
    if at > known.isoformat():
        return "future"
    base = {
        "id": name, "at": at, "known": known.isoformat(), "source": list(source), "by": by,
        "note": "; ".join([*notes, *([WORDS[modality]] if modality in WORDS else [])]),
    }  # fmt: skip
    if claim.event_type == "list":
        given = _list_of(claim, case, by)
        return ListGive(list_=given, n=quantity.value, **base) if given else "list"  # type: ignore[arg-type]
    if claim.kind not in ("batch", "cumulative"):
        return "kind"
    giver = case.codes.get(claim.actor)
    if giver is None:
        return "actor"
    taker = case.codes.get(claim.object)
    owed = list(of) if of is not None else commitments_of(case.agreement, giver, taker, date.fromisoformat(at))
    if not owed and of is None:
        return "commitment"
    category = _category(claim, case.agreement, owed)
    if category is None or (category and claim.kind == "cumulative"):
        return "definition"
    party = giver if giver != by else None
    if claim.kind == "cumulative":
        return Total(of=owed, n=quantity.value, party=party, **base)  # type: ignore[arg-type]
    return Perform(of=owed, n=quantity.value, party=party, cat=category or None, **base)  # type: ignore[arg-type]


def sources_of(report: str, claim: Claim, url: str | None) -> list[str]:
    """The sources of a fact: the host of the page, and the place in the report that is kept.

    The rest of an address is often made of the words of the headline, and no words of a report enter the record.
    """
    start, end = claim.span
    number = f",{claim.quantity_span[0]}-{claim.quantity_span[1]}" if claim.quantity_span else ""
    place = f"report:{report}#{start}-{end}{number}"
    parts = urlsplit(url or "")
    return (
        [f"{parts.scheme}://{parts.hostname}/", place]
        if parts.scheme in ("http", "https") and parts.hostname
        else [place]
    )


def commitments_of(agreement: Agreement, giver: str, taker: str | None, on: date) -> list[str]:
    """The one whole commitment to release that a party performs on a day; none where there are several, or none.

    The claim seldom says under which part of a promise people were freed; a reader may, and then says so.
    """
    by_id = {one.id: one for one in agreement.commitments}
    fitting = [
        one
        for one in agreement.commitments
        if giver in one.performers and one.act == RELEASE and one.mode in ("achieve", "endeavour")
        and (taker is None or taker in one.to) and _has_begun(agreement, one, on)
    ]  # fmt: skip
    wholes = list(dict.fromkeys(whole_of(by_id, one.id) for one in fitting))
    named = whole_of(by_id, agreement.handovers.commitment or "")
    firm = [name for name in wholes if by_id[name].mode == "achieve"]
    for chosen in ([name for name in wholes if name == named], firm, wholes):
        if len(chosen) == 1:
            return chosen
    return []


def whole_of(by_id: Mapping[str, Commitment], name: str) -> str:
    """The commitment that a commitment counts toward in the end."""
    seen: set[str] = set()
    while name in by_id and name not in seen:
        seen.add(name)
        name = by_id[name].counts_toward or name
    return name


def same_report(agreement: Agreement, new: Entry, entries: Iterable[Entry]) -> Entry | None:
    """The entry in which the same party has already reported the same: kind, number, day, and whole or list."""
    return next((one for one in entries if _key(agreement, one) == _key(agreement, new) and _by(one) == _by(new)), None)


def same_handover(agreement: Agreement, new: Entry, entries: Iterable[Entry]) -> Perform | None:
    """The handover that another party has reported with the same number, day and whole; None for other entries."""
    key = _key(agreement, new)
    if not isinstance(new, Perform):
        return None
    found = (one for one in entries if isinstance(one, Perform) and _key(agreement, one) == key and one.id != new.id)
    return next((one for one in found if one.same_as is None), None)


def _by(entry: Entry) -> object:
    return getattr(entry, "by", None)


def _key(agreement: Agreement, entry: Entry) -> object:
    """What makes two entries reports of one thing, whoever says it; something unique for any other kind."""
    if isinstance(entry, ListGive) and type(entry) is ListGive:
        return "list_give", entry.list_, entry.n, entry.at[:DAY]
    if not isinstance(entry, Perform | Total):
        return entry.id
    by_id = {one.id: one for one in agreement.commitments}
    wholes = frozenset(whole_of(by_id, name) for name in entry.of)
    number = entry.count if isinstance(entry, Perform) else entry.n
    return entry.kind, number, entry.at[:DAY], wholes


def _day_of(claim: Claim, known: date) -> tuple[str, list[str]] | str:
    """The day of the event, with a note where it is that of the report; or why there is none."""
    text = (claim.event_date or "").rpartition("/")[2]
    if len(text) == DAY:
        return text, []
    if claim.event_date:  # a month
        return "day"
    said = claim.statement_date or ""
    return (said if len(said) == DAY and said <= known.isoformat() else known.isoformat()), [UNDATED]


def _list_of(claim: Claim, case: Case, by: str) -> str | None:
    """The list of the agreement that a party has handed over to whom the claim says: the one named, or the only one."""
    if claim.extra is None or not isinstance(claim.extra.to, str):
        return None
    to = case.codes.get(claim.extra.to)
    own = [name for name, one in case.agreement.lists.items() if (one.from_, one.to) == (by, to)]
    named = claim.definition.list if claim.definition else None
    return named if named in own else own[0] if len(own) == 1 else None


def _category(claim: Claim, agreement: Agreement, owed: Sequence[str]) -> str | None:
    """The category of the people counted: empty for all whom the commitments are about, None for others."""
    who = claim.definition.who if claim.definition else "unstated"
    if who in ("unstated", "all_persons", "on_agreed_list"):
        return ""
    what = {one.id: one.what for one in agreement.commitments}
    if who not in agreement.categories:
        return None
    if owed and all(what.get(name) is not None and agreement.is_within(what[name], who) for name in owed):
        return ""
    return who if all(agreement.is_within(who, what[name] or "") for name in owed if what.get(name)) else None


def _has_begun(agreement: Agreement, one: Commitment, on: date) -> bool:
    paper = agreement.instruments.get(one.of)
    begin = paper.begin if paper else None
    return begin is None or date(begin.year, begin.month, begin.day) <= on
