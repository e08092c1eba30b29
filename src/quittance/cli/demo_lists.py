"""The part of the demo with people: two invented lists taken in, signed, matched, judged by two, counted; some go.

Nobody on the lists ever lived, and every key is made for the demo. What the reviewers answer is the truth, which is
known of invented lists only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from quittance.casebook import Casebook
    from quittance.cli.demo_batches import PlayedClock
    from quittance.listbook import Listbook
    from quittance.people.synthetic import TwoLists
    from quittance.record.keys import SeedSigner, Signer
    from quittance.reviewbook import Reviewbook
    from quittance.views.review import PairRef, QueueView

SEED = 2020
ROWS = (5000, 1000)
OVERLAP = 0.8
IN_BULK, LOOKED_AT = 150, 40
"""Pairs that the reviewers confirm in bulk, and pairs that they look at one by one."""

NEUTRAL_PARTY = "icrc"
VAULT_KEY, REVIEWER_KEY = "vault.key", "reviewer.key"


@dataclass(frozen=True, slots=True)
class Side:
    """A side of the demo: its party, the role of its key, and the id of its invented list."""

    party: str
    role: str
    list_id: str


SIDES = (Side("taliban", "receiving", "invented-5000"), Side("goa", "holding", "invented-1000"))


@dataclass(frozen=True, slots=True)
class Cast:
    """Keys made for the demo: one for each side, two of the neutral's reviewers, the doctor's, and the vault's."""

    sides: tuple[SeedSigner, ...]
    reviewers: tuple[SeedSigner, SeedSigner]
    medical: SeedSigner
    kek: bytes

    @property
    def reviewer(self) -> str:
        """The fingerprint of the reviewer whose key is kept."""
        from quittance.record.keys import key_id

        return key_id(self.reviewers[0].public)


def new_cast(folder: Path, passphrase: str) -> Cast:
    """Make all keys; the vault's and one reviewer's are kept in `folder`, sealed, so that people can go on."""
    import secrets

    from quittance.files import keyfile
    from quittance.record.keys import SeedSigner

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = {}
    for name, use in ((VAULT_KEY, "vault"), (REVIEWER_KEY, "statement")):
        kept[name] = secrets.token_bytes(32)
        data, _ = keyfile.seal_key(kept[name], use, passphrase, random=secrets.token_bytes, cost=keyfile.COST)  # type: ignore[arg-type]
        keyfile.write_key_file(folder / name, data)
    sides = tuple(SeedSigner(secrets.token_bytes(32)) for _ in SIDES)
    reviewers = (SeedSigner(kept[REVIEWER_KEY]), SeedSigner(secrets.token_bytes(32)))
    return Cast(sides, reviewers, SeedSigner(secrets.token_bytes(32)), kept[VAULT_KEY])


def play(place: Path, casebook: Casebook, operator: Signer, cast: Cast, clock: PlayedClock) -> Iterator[str]:
    """Take the lists in, sign, match, judge and count them, and let three batches go; each sentence once it is true."""
    from quittance.cli.demo_batches import Offices, Play
    from quittance.listbook import Listbook
    from quittance.people.synthetic import Wanted, two_lists
    from quittance.reviewbook import Reviewbook
    from quittance.vaultbook import Vaultbook
    from quittance.visibility import OPERATOR

    made = two_lists(Wanted(*ROWS, overlap=OVERLAP), SEED)
    _enrol(casebook, operator, cast)
    Vaultbook.create(OPERATOR, place, cast.kek).close()
    with Listbook.open(place, cast.kek, clock=clock) as listbook:
        yield _submit(listbook, casebook, cast, made)
        book = Reviewbook(listbook)
        yield _match(book)
        yield _judge(book, casebook, cast, made)
        yield _count(listbook)
        clock.set("2020-04-07")
        taker, giver = cast.sides
        yield from Play(
            listbook, casebook, Offices(operator, giver, taker, cast.reviewers[0], cast.medical), clock
        ).run()


def _enrol(casebook: Casebook, operator: Signer, cast: Cast) -> None:
    """Enrol every key, and let each side countersign the enrolment of the keys of others."""
    from quittance.record.keys import key_id, sign_statement
    from quittance.record.statement import Ref
    from quittance.visibility import OPERATOR

    holders = [*((side.role, side.party) for side in SIDES), *[("neutral", NEUTRAL_PARTY)] * len(cast.reviewers)]
    holders.append(("medical", ""))
    enrolled = []
    for (role, party), signer in zip(holders, (*cast.sides, *cast.reviewers, cast.medical), strict=True):
        of = {"party": party} if party else {}
        public = {"public_key": signer.public.hex(), "fingerprint": key_id(signer.public)}
        statement = casebook.draft(OPERATOR, "key.enrolled", {"role": role, **of, **public})
        casebook.submit(OPERATOR, [(statement, sign_statement(statement, operator, signer))])
        enrolled.append(statement.sid)
    for number, signer in enumerate(cast.sides):
        refs = tuple(Ref("countersigns", sid) for at, sid in enumerate(enrolled) if at != number)
        statement = casebook.draft(OPERATOR, "record.countersigned", {}, refs=refs)
        casebook.submit(OPERATOR, [(statement, sign_statement(statement, signer))])


def _submit(listbook: Listbook, casebook: Casebook, cast: Cast, made: TwoLists) -> str:
    """Take both lists in, and enter them as their sides sign them."""
    from quittance.record.keys import sign_statement
    from quittance.visibility import OPERATOR

    statements = 0
    for side, signer, one in zip(SIDES, cast.sides, (made.a, made.b), strict=True):
        listbook.import_list(OPERATOR, one.as_csv(), side.party, side.list_id, name=f"{side.list_id}.csv")
        drawn_up = listbook.draw_up(OPERATOR, side.party, side.list_id, casebook)
        casebook.submit(OPERATOR, [(each, sign_statement(each, signer)) for each in drawn_up])
        statements += len(drawn_up)
    parties = casebook.agreement(OPERATOR).parties
    first, second = (parties[side.party].name for side in SIDES)
    return (
        f"Two INVENTED lists were taken in: {ROWS[0]:,} people of {first}, in Latin letters, and {ROWS[1]:,} of "
        f"{second}, in Arabic script with Solar Hijri years. Nobody on them ever lived. Each side signed its list with "
        f"a key made for this demo, {statements} statements in all; no name is in the record."
    )


def _match(book: Reviewbook) -> str:
    """Compare the lists, and say what is proposed."""
    from quittance.visibility import NEUTRAL

    (run,) = book.match(NEUTRAL)
    return (
        f"Matching proposes somebody of the other list for {run.auto + run.review:,} of the {run.right:,}: "
        f"{run.auto:,} for confirmation in bulk (probability {run.auto_line:g} or more), {run.review:,} for review one "
        f"by one; for {run.no:,} it finds nobody. It decides nothing."
    )


def _judge(book: Reviewbook, casebook: Casebook, cast: Cast, made: TwoLists) -> str:
    """Two reviewers answer by the truth, except that the second cannot tell about the last pairs."""
    from quittance.record.keys import key_id
    from quittance.visibility import NEUTRAL

    first, second = (key_id(one.public) for one in cast.reviewers)
    pairs = [
        *_leading(book.queue(NEUTRAL, first, auto=True), IN_BULK),
        *_leading(book.queue(NEUTRAL, first), LOOKED_AT),
    ]
    truth = set(made.truth())
    answers = {"same": 0, "different": 0}
    for number, pair in enumerate(pairs):
        question = book.question(NEUTRAL, first, pair.a, pair.b)
        ids = (question.a.pid, question.b.pid)
        answer = "same" if ids in truth or ids[::-1] in truth else "different"
        reason = "interview" if _is_against(answer, pair.grade) else None
        answers[answer] += 1
        book.answer(NEUTRAL, first, pair.a, pair.b, answer, reason)
        unsure = number >= len(pairs) - 2
        book.answer(NEUTRAL, second, pair.a, pair.b, "unsure" if unsure else answer, None if unsure else reason)
    for signer in cast.reviewers:
        book.sign_answers(NEUTRAL, signer, casebook)
    return (
        f"Two reviewers of the neutral, with demo keys, judged {len(pairs)} pairs without seeing each other's answers, "
        f"and signed: same {answers['same']}, different {answers['different']}; about two of them the second could not "
        "tell."
    )


def _leading(queue: QueueView, count: int) -> list[PairRef]:
    return [pair for group in queue.groups for pair in group][:count]


def _is_against(answer: str, grade: str) -> bool:
    from quittance.people.judgements import is_against

    return is_against(answer, grade)


def _count(listbook: Listbook) -> str:
    from quittance.visibility import NEUTRAL

    register = listbook.register(NEUTRAL)
    states = ", ".join(f"{one.n:,} {one.label}" for one in register.by_state if one.n)
    return (
        f"The register has {register.entries:,} entries of both lists and, by what is judged so far, "
        f"{register.persons:,} people: {states}. A judgement taken back takes them apart again."
    )
