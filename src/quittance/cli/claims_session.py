"""One sitting at the claims desk in a terminal: a claim, its report, a key, a line in the file of decisions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from rich.console import Console

from quittance.claims.decisions import (
    CHOICES,
    FIELDS,
    NONE,
    Answer,
    Decision,
    added,
    corrected,
    decided,
    find_words,
    reviewed,
    same_event,
    split,
)
from quittance.claims.model import Claim, Claimant, Report
from quittance.cli.claims_terminal import Terminal, field_lines, isolated, marked, shown
from quittance.errors import UsageError

KEYS: Mapping[str, str] = {
    "a": "accept", "c": "correct", "r": "reject", "d": "doubtful", "n": "next", "s": "split", "m": "merge",
    "+": "add one", "b": "back", "q": "quit",
}  # fmt: skip
BLIND_KEYS: Mapping[str, str] = {
    "y": "a claim: say what", "r": "no claim", "n": "next", "+": "add one", "b": "back", "q": "quit",
}  # fmt: skip
BLIND_FIELDS = ("event_type", "kind", "actor", "claimant")
"""What a second reader says of each claim."""


class Session:
    """The claims of some reports, and one reader's decisions on them.

    `keep` writes a decision down; `before` are those of earlier sittings. Claims come report by report, in the order
    of the text.
    """

    def __init__(
        self,
        reports: Sequence[Report],
        claims: Mapping[str, Sequence[Claim]],
        before: Sequence[Decision],
        keep: Callable[[Decision], None],
        by: str,
        *,
        second: bool = False,
        clock: Callable[[], datetime],
        terminal: Terminal | None = None,
    ) -> None:
        self._reports = {one.doc: one for one in reports}
        self._claims = claims
        self._all = {claim.id: claim for one in reports for claim in claims[one.doc]}
        self._decisions = list(before)
        self._keep, self._by, self._second = keep, by, second
        self._terminal = terminal or Terminal(Console(highlight=False))
        self._clock = clock

    @property
    def answered(self) -> int:
        """How many keys were understood in this sitting."""
        return self._terminal.answered

    @property
    def decided(self) -> int:
        """How many claims have a decision that holds."""
        return len(decided(self._decisions))

    @property
    def open(self) -> int:
        """How many of the program's claims have none."""
        return len(self._all.keys() - decided(self._decisions).keys())

    def run(self) -> None:
        """Ask until every claim is decided or passed over, or the reader quits."""
        order = list(self._all)
        place, done = 0, decided(self._decisions)
        while place < len(order) and order[place] in done:
            place += 1
        keys = BLIND_KEYS if self._second else KEYS
        if not order:
            self._terminal.say("There is no claim in these reports.")
        while place < len(order):
            claim = self._all[order[place]]
            self._show(claim)
            key = self._terminal.key(" ".join(f"{one} {words}" for one, words in keys.items()) + ":", keys)
            if key in (None, "q"):
                return
            try:
                place += self._take(claim, str(key))
            except UsageError as error:
                self._terminal.say(f"Not kept: {error.message}")
            place = max(0, place)
            if key != "b":
                done = decided(self._decisions)
                while place < len(order) and order[place] in done:
                    place += 1

    def _show(self, claim: Claim) -> None:
        report, say = self._reports[claim.doc], self._terminal.say
        of = list(self._claims[claim.doc])
        say("")
        say(
            f"{shown(report.doc, keep_lines=False)}  {isolated(report.outlet or 'no outlet')}  "
            f"{shown(report.published or 'no day')}  claim {of.index(claim) + 1} of {len(of)}, {self.open} open in all"
        )
        say(marked(report, of, claim, blind=self._second))
        say("")
        if not self._second:
            for line in field_lines(claim):
                say(f"  {line}")
        before = decided(self._decisions).get(claim.id)
        if before is not None:
            say(f"  You have decided: {before.answer}. A new decision takes its place.")

    def _take(self, claim: Claim, key: str) -> int:
        """What a key does; how far it moves. Raises `UsageError`, and then nothing was kept."""
        if key == "n":
            return 1
        if key == "b":
            return -1
        if key == "+":
            self._add(self._reports[claim.doc])
            return 0
        now = self._now()
        if key == "a":
            self._write(claim, "accepted", now, (reviewed(claim, "accepted", self._by, now),))
        elif key == "d":
            self._write(claim, "doubtful", now, (reviewed(claim, "doubtful", self._by, now),))
        elif key == "r":
            self._write(claim, "rejected", now, ())
        elif key == "s":
            words = self._terminal.line("The numbers in the words of the text, with | between them:")
            numbers = [one.strip() for one in (words or "").split("|") if one.strip()]
            text = self._reports[claim.doc].text
            self._write(claim, "split", now, split(claim, text, numbers, self._by, now))
        elif key == "m":
            self._merge(claim, now)
        else:
            self._correct(claim, now, BLIND_FIELDS if self._second else FIELDS, whole=self._second)
        return 1

    def _merge(self, claim: Claim, now: str) -> None:
        known = [one for one in self._all if one != claim.id]
        for one in known[: known.index(claim.id) if claim.id in known else None][-9:]:
            self._terminal.say(f"  {shown(one)}  {isolated(self._all[one].text[:100])}")
        other = self._terminal.line("About the same event as the claim (its id):") or ""
        if other not in self._all:
            raise UsageError(f"There is no claim {shown(other[:64])!r} in these reports.", code="claims.same_event")
        result = same_event(claim, other, self._by, now)
        self._write(claim, "merged", now, (result,), same_event=other)

    def _correct(self, claim: Claim, now: str, fields: Sequence[str], *, whole: bool) -> None:
        """Ask for the fields to be corrected, or for all of them; then keep the claim with them."""
        changes: dict[str, str] = {}
        if whole:
            for field in fields:
                changes[field] = self._value(field, None)
        else:
            while True:
                for n, field in enumerate(fields, 1):
                    self._terminal.say(f"  {n:2} {field}" + (f": {shown(changes[field])}" if field in changes else ""))
                typed = self._terminal.line("Which field, by its number; empty when all is right:")
                if not typed:
                    break
                if typed.isascii() and typed.isdecimal() and 1 <= int(typed) <= len(fields):
                    field = fields[int(typed) - 1]
                    if value := self._value(field, claim):
                        try:
                            corrected(claim, {**changes, field: value}, self._by, now, known=self._claimants())
                            changes[field] = value
                        except UsageError as error:
                            self._terminal.say(error.message)
            if not changes:
                raise UsageError("No field was corrected.", code="claims.correction")
        result = corrected(claim, changes, self._by, now, known=self._claimants())
        self._write(claim, "corrected", now, (result,), changes=changes)

    def _value(self, field: str, claim: Claim | None) -> str:
        values = self._offered(field)
        before = str(getattr(claim, field)) if claim is not None and field in CHOICES and field != "modality" else ""
        while True:
            value = self._terminal.choice(field, values, before) if values else self._terminal.line(_HINTS[field])
            if value is None or value or claim is not None:
                return value or ""

    def _offered(self, field: str) -> list[str]:
        """What can be chosen for a field: its closed list, or what stands in the claims of these reports."""
        if field in CHOICES:
            return list(CHOICES[field])
        if field in ("actor", "object"):
            return sorted({getattr(one, field) for one in self._all.values()} | {"BOTH", "OTHER"})
        return sorted(self._claimants()) if field == "claimant" else []

    def _claimants(self) -> dict[str, Claimant]:
        return {one.claimant.key: one.claimant for one in self._all.values()}

    def _add(self, report: Report) -> None:
        """A claim that was not found: its words, its number, its fields."""
        words = self._terminal.line("The words of the claim, copied from the text:") or ""
        find_words(report.text, words)
        number = self._terminal.line("Its number in these words; empty if it has none:") or ""
        changes = {field: value for field in BLIND_FIELDS if (value := self._value(field, None))}
        taken = {one.claim for one in self._decisions}
        n = 1
        while (name := f"{report.doc}#r{n}") in taken:
            n += 1
        now = self._now()
        claim = added(report, name, words, number, changes, self._by, now)
        self._write(claim, "added", now, (claim,), changes=changes)

    def _now(self) -> str:
        return self._clock().strftime("%Y-%m-%dT%H:%M:%SZ")

    def _write(
        self,
        claim: Claim,
        answer: Answer,
        now: str,
        results: tuple[Claim, ...],
        *,
        changes: dict[str, str] | None = None,
        same_event: str | None = None,
    ) -> None:
        decision = Decision(
            claim=claim.id, doc=claim.doc, answer=answer, by=self._by, at=now, changes=changes or {},
            same_event=same_event, second=self._second, results=results,
        )  # fmt: skip
        self._keep(decision)
        self._decisions.append(decision)


_HINTS = {
    "value": f"The number, two with - between, or {NONE}:",
    "statement_date": f"When it was said, as 2020-03-31, or {NONE}:",
    "event_date": f"When it happened or will, as 2020-03-31, 2020-03, two with / between, or {NONE}:",
    "deadline": f"The latest day, as 2020-03-31, or {NONE}:",
}
