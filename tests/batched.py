"""A case with rules of selection, clearances, a register and invented people, through the books; for tests.

    case = BatchedCase(folder)
    case.clear_all()                    # every gate of everybody is yes, in the record
    case.propose("1")                   # drawn by three parties, chosen, named in the record
    case.hand_over("1")                 # cleared, authorised, seen

Nobody on these lists exists; all keys are known to everybody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from tests.listed import AGREEMENT, KEYS, ListedCase, as_csv

from quittance.batchbook import Batchbook
from quittance.clearancebook import read_round
from quittance.codes import code_of
from quittance.handoverbook import Handoverbook
from quittance.record.keys import SeedSigner, Signer, sign_statement
from quittance.record.statement import Statement
from quittance.testing import OFFICE
from quittance.visibility import MEDICAL, NEUTRAL, OPERATOR

MEDIC = SeedSigner(b"\x31" * 32)
SIGNERS: Mapping[str, Signer] = {**KEYS, "medical": MEDIC}
"""TEST KEYS by office."""

RULES = b"""
selection:
  version: 1
  method: serial
  size: 4
  fields:
    held_at:        {type: category}
    health:         {type: scale, levels: [well, chronic, serious, grave], unknown: well}
    age:            {type: integer, unknown: 0}
    listed:         {type: flag}
    not_vetoed:     {type: flag}
    decree:         {type: flag}
    medical:        {type: flag}
    consent:        {type: flag}
  gates: [listed, not_vetoed, decree, medical, consent]
  tiers:
    - {id: elderly, when: {any: [{field: age, at_least: 65}, {field: health, at_least: serious}]}}
  points:
    - {id: age, field: age, per: {above: 50, each: 1, points: 2, cap: 40}}
  quotas:
    - {id: prison, by: held_at, max: {South: 2}, default_max: 3}
  reserve: {length: 3}
  tie: {kind: commit_reveal, parties: [a, b, neutral]}

handovers:
  list: b/asked
  commitment: first
  clearances:
    listed:     {by: record}
    not_vetoed: {by: holding, about: veto}
    decree:     {by: holding, about: order}
    medical:    {by: medical, about: fitness, valid: 14 days}
    consent:    {by: neutral, about: wish, valid: 3 days}
  vetoes: 3
"""

PEOPLE = tuple(
    (str(number), name, "Testfather", "1980", "Kabul")
    for number, name in enumerate(
        (
            *("Abal Testzai", "Bawar Testzai", "Chiragh Testpur", "Dawlat Testpur", "Emran Testkhel"),
            *("Farid Testkhel", "Gharib Testwal", "Hamdam Testwal", "Idris Testmand", "Jalil Testmand"),
        ),
        1,
    )
)
"""INVENTED people."""

REGISTER = (
    ("pid", "held_at", "health", "age"),
    ("1", "North", "well", "30"),
    ("2", "South", "well", "70"),
    ("3", "North", "serious", "41"),
    ("4", "South", "well", "66"),
    ("5", "South", "well", "68"),
    ("6", "North", "chronic", "55"),
    ("7", "North", "well", "52"),
    ("8", "East", "well", "33"),
    ("9", "East", "well", "61"),
    ("10", "North", "well", "20"),
)
"""What the holding side says of them."""

NONCES = {"holding": b"\x41" * 32, "receiving": b"\x42" * 32, "neutral-1": b"\x43" * 32}


class BatchedCase(ListedCase):
    """A case in `folder/case` with its books open, everybody listed, and the register taken in."""

    def __init__(
        self, folder: Path, agreement: bytes = AGREEMENT + RULES, people: Sequence[Sequence[str]] = PEOPLE
    ) -> None:
        super().__init__(folder, agreement)
        self.enrol("medical", MEDIC, KEYS["neutral-1"])
        self.take("b", "asked", people)
        self.batches = Batchbook(self.book)
        self.handovers = Handoverbook(self.batches)
        rows = [row for row in REGISTER if row[0] in ("pid", *(one[0] for one in people))]
        self.batches.register(OPERATOR, as_csv(rows[1:], rows[0]))

    def of(self, *pids: object) -> list[str]:
        """Handles by the numbers of the list."""
        return [self.handle("b/asked", str(pid)) for pid in pids]

    def codes(self, *pids: object) -> list[str]:
        """Codes by the numbers of the list."""
        return list(map(code_of, self.of(*pids)))

    @property
    def everybody(self) -> list[str]:
        """All codes."""
        return [code_of(one.handle) for one in self.book.shelf.listed if one.list == "b/asked" and not one.gone]

    def enter(self, statements: Statement | Iterable[Statement], *by: str) -> list[str]:
        """Statements signed by offices ("operator" too) and recorded together; their ids."""
        drawn = [statements] if isinstance(statements, Statement) else list(statements)
        signers = [OFFICE.statement if one == "operator" else SIGNERS[one] for one in by]
        return [
            one.sid for one in self.casebook.submit(OPERATOR, [(one, sign_statement(one, *signers)) for one in drawn])
        ]

    def give(self, gate: str, outcome: str, codes: Sequence[str], **more: str) -> None:
        """An open clearance into the record."""
        drawn = self.batches.clearances.give(OPERATOR, gate, outcome, codes, self.casebook, **more)
        self.enter(drawn, "holding")

    def seal(self, office: str, rows: Iterable[Sequence[str]], **more: str) -> None:
        """A sealed round into the record; rows are code, gate, word."""
        viewer = NEUTRAL if office == "neutral" else MEDICAL
        read = read_round(as_csv(rows, ("code", "gate", "outcome")))
        drawn = self.batches.clearances.seal(viewer, office, read, self.casebook, **more)  # type: ignore[arg-type]
        self.enter(drawn, "neutral-1" if office == "neutral" else "medical")

    def clear_all(self, wishes: Mapping[str, str] | None = None, health: Mapping[str, str] | None = None) -> None:
        """Every gate of everybody; `wishes` and `health` are other words by code, empty for nothing said."""
        for gate in ("not_vetoed", "decree"):
            self.give(gate, "granted", self.everybody)
        words = dict.fromkeys(self.everybody, "affirmed") | dict(wishes or {})
        self.seal("neutral", [(code, "consent", word) for code, word in words.items() if word])
        words = dict.fromkeys(self.everybody, "fit") | dict(health or {})
        self.seal("medical", [(code, "medical", word) for code, word in words.items() if word])

    def draw(self, batch: str) -> None:
        """The seed of a batch, drawn by three parties."""
        self.enter(self.batches.seeds.request(OPERATOR, batch, self.casebook), "operator")
        for name, nonce in NONCES.items():
            self.enter(self.batches.seeds.commit(OPERATOR, batch, SIGNERS[name], nonce, self.casebook), name)
        for name, nonce in NONCES.items():
            self.enter(self.batches.seeds.reveal(OPERATOR, batch, SIGNERS[name], nonce, self.casebook), name)

    def propose(self, batch: str) -> Mapping[str, object]:
        """A batch drawn and named in the record; the selection."""
        self.draw(batch)
        found = self.batches.propose(OPERATOR, batch, self.casebook)
        self.enter(found.statement, "operator")
        return found.selection

    def confirm(self, batch: str) -> None:
        """A batch cleared and authorised."""
        self.enter(self.batches.confirm(OPERATOR, batch, self.casebook), "neutral-1", "medical")
        self.enter(self.batches.confirm(OPERATOR, batch, self.casebook), "holding")

    def change(self, batch: str) -> None:
        """One round."""
        self.enter(self.batches.change(OPERATOR, batch, self.casebook).statement, "operator")

    def observe(self, batch: str) -> str:
        """Everybody still to go handed over, as the neutral saw it; the statement id."""
        drawn = self.handovers.observe(NEUTRAL, batch, self.casebook, place="PL-1")
        return self.enter(drawn, "neutral-1")[0]

    def answer(self, sid: str, *parties: str) -> None:
        """What the sides answer to a handover."""
        for party in parties:
            drawn = self.handovers.answer(OPERATOR, sid, party, self.casebook)
            self.enter(drawn, "holding" if party == "a" else "receiving")
