"""Commands of the review: match the lists, judge one pair after the other, sign the judgements, take a match apart."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from quittance.record.keys import Signer
    from quittance.record.statement import Statement
    from quittance.reviewbook import Reviewbook
    from quittance.views.review import QuestionView

Case = Annotated[str, typer.Argument(metavar="CASE", help="The folder of the case.")]
Key = Annotated[str, typer.Option("--key", metavar="FILE", help="The vault's key file, kept apart from the case.")]
As = Annotated[
    str, typer.Option("--as", metavar="KEYFILE", help="The reviewer's own neutral key file, or its fingerprint.")
]
KeyFile = Annotated[str, typer.Option("--as", metavar="KEYFILE", help="The reviewer's own neutral key file.")]
Entry = Annotated[str, typer.Argument(metavar="CODE", help="The code of one entry.")]
Other = Annotated[str, typer.Argument(metavar="CODE2", help="The code of the other entry.")]

ANSWERS = {"s": "same", "d": "different", "u": "unsure"}
BULK = 20
KEYS = "s same, d different, u cannot tell, k skip, q quit: "


def match(
    case: Case,
    key: Key,
    out: Annotated[
        str | None, typer.Option("--out", metavar="FILE", help="Write the candidates as a CSV of row ids, no names.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Compare the lists of the sides and count what people have to decide; nothing is merged."""
    from pathlib import Path

    from quittance.files.durable import write_new
    from quittance.visibility import NEUTRAL

    with _open(case, key) as book:
        views = book.match(NEUTRAL)
        data = book.links(NEUTRAL) if out is not None else b""
    if out is not None:
        write_new(Path(out), data)
    if json:
        print_json({"runs": [asdict(one) for one in views]})
        return
    if not views:
        print("There are no lists of two sides to compare. Take them in with: quittance import list")
    for one in views:
        print(
            f"{one.left_side} ({one.left:,} entries) and {one.right_side} ({one.right:,}): {one.compared:,} compared."
        )
        print(f"  {one.auto:,} entries of {one.right_side} have a match that two people may confirm in bulk,")
        print(f"  {one.review:,} have one to be judged, {one.no:,} have none.")
    if views:
        print(f"Judge them with: quittance people review {case} --key KEY --as KEYFILE")


def duplicates(case: Case, key: Key, json: AsJson = False) -> None:
    """Show entries of one list that may be one person listed twice, by their codes."""
    from quittance.visibility import NEUTRAL

    with _open(case, key) as book:
        found = book.duplicates(NEUTRAL)
    if json:
        print_json({"duplicates": [asdict(one) for one in found]})
        return
    print(f"Pairs of entries that may be one person listed twice: {len(found)}.")
    for one in found:
        alerts = f"  {', '.join(one.ref.alerts)}" if one.ref.alerts else ""
        print(f"{one.list}  {one.ref.a}  {one.ref.b}  {one.ref.grade}{alerts}")


def review(
    case: Case,
    key: Key,
    who: As,
    pair: Annotated[
        list[str] | None, typer.Option("--pair", metavar="CODE", help="Judge these two entries; give it twice.")
    ] = None,
    bulk: Annotated[
        bool, typer.Option("--bulk", help="Go through the pairs above the upper threshold, twenty at a time.")
    ] = False,
) -> None:
    """Judge pairs of entries one after the other. Answers are kept sealed at once, and count once they are signed."""
    from quittance.errors import UsageError
    from quittance.visibility import NEUTRAL

    reviewer = _fingerprint(who)
    if pair is not None and len(pair) != 2:
        raise UsageError("A pair is two codes: --pair CODE --pair CODE.", code="usage.pair")
    with _open(case, key) as book:
        book.unsigned(NEUTRAL, reviewer)  # who may not judge is told before a run is made
        if pair is not None:
            _judge(book, reviewer, pair[0], pair[1], "1 of 1")
        elif bulk:
            _judge_in_bulk(book, reviewer)
        else:
            _judge_all(book, reviewer)
        waiting = len(book.unsigned(NEUTRAL, reviewer))
    if waiting:
        print(
            f"{waiting} answers are kept and not signed. Sign them: quittance people sign {case} --key KEY --as KEYFILE"
        )


def sign(
    case: Case,
    key: Key,
    who: KeyFile,
    out: Annotated[
        str | None,
        typer.Option("--out", metavar="DIR", help="Write signed envelopes there instead of submitting them."),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Sign without being asked on a terminal.")] = False,
    json: AsJson = False,
) -> None:
    """Sign the answers given so far with the reviewer's own key, and enter them into the record together."""
    from collections import Counter
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.cli.sign import signer_of
    from quittance.errors import UsageError
    from quittance.visibility import NEUTRAL

    reviewer = _fingerprint(who)
    with _open(case, key) as book:
        answers = book.unsigned(NEUTRAL, reviewer)
        counts = Counter(one.answer for one in answers)
        if not json:
            for one in answers:
                print(f"{one.a}  {one.b}  {one.answer}" + (f"  because of {one.reason}" if one.reason else ""))
            said = ", ".join(f"{n} {word}" for word, n in sorted(counts.items())) or "none"
            print(f"Answers to sign: {said}.")
        if answers and not yes and not (sys.stdin is not None and sys.stdin.isatty() and typer.confirm("Sign them?")):
            raise UsageError("Nothing was signed. Read the answers, then give --yes.", code="usage.sign")
        files: list[str] = []
        entries: tuple[int, ...] = ()
        if answers and out is not None:
            signer = signer_of(Path(who))
            with open_case(case) as casebook:
                files = write_signed(book.statements(NEUTRAL, reviewer, casebook), signer, Path(out))
        elif answers:
            signer = signer_of(Path(who))
            with open_case(case, writable=True) as casebook:
                entries = tuple(one.index for one in book.sign_answers(NEUTRAL, signer, casebook))
    if json:
        print_json(
            {"signed": len(answers), "entries": list(entries), "files": files, "answers": dict(sorted(counts.items()))}
        )
        return
    if entries:
        print(f"Signed, and in the record: entries {entries[0]} to {entries[-1]}.")
    elif files:
        print(f"Signed: {len(files)} envelopes in {out}. Enter them with: quittance record submit {case} FILE...")


def undo(
    case: Case,
    a: Entry,
    b: Other,
    key: Key,
    who: KeyFile,
    again: Annotated[
        str | None, typer.Option("--confirm", metavar="CODE2", help="The code of the other entry, once more.")
    ] = None,
    json: AsJson = False,
) -> None:
    """TAKE APART two entries that were matched: what was judged of the two counts no more. It is recorded at once."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.cli.sign import signer_of
    from quittance.errors import UsageError
    from quittance.record.keys import sign_statement
    from quittance.visibility import NEUTRAL, OPERATOR

    if again != b:
        raise UsageError(
            "This takes a match apart, and every side sees that it was. Give the code of the other entry a second time "
            "with --confirm.",
            code="usage.confirm",
        )
    with open_case(case, writable=True) as casebook, _open(case, key) as book:
        statement = book.undo(NEUTRAL, a, b, casebook)
        (entered,) = casebook.submit(OPERATOR, [(statement, sign_statement(statement, signer_of(Path(who))))])
    if json:
        print_json({"sid": entered.sid, "index": entered.index})
        return
    print(f"TAKEN APART: {a} and {b}, entry {entered.index} of the record.")


def confirm(
    case: Case,
    a: Entry,
    b: Other,
    key: Key,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the envelope, still unsigned.")],
    json: AsJson = False,
) -> None:
    """Draw up the statement by which both sides confirm a match that the reviewers have recorded."""
    from pathlib import Path

    from quittance.cli.case import open_case
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.visibility import NEUTRAL

    with open_case(case) as casebook, _open(case, key) as book:
        statement: Statement = book.confirm(NEUTRAL, a, b, casebook)
    write_new(Path(out), write_envelope(statement))
    if json:
        print_json({"kind": statement.kind, "sid": statement.sid, "file": out})
        return
    print(f"{out} holds the statement {statement.sid} ({statement.kind}), for both sides to sign:")
    print(f"  quittance sign {out} --key KEYFILE")
    print(f"  quittance record submit {case} {out}")


def refit(case: Case, key: Key, json: AsJson = False) -> None:
    """Fit the probabilities to the case's own judgements, and show how well they held before and would now."""
    from quittance.visibility import NEUTRAL

    with _open(case, key) as book:
        view = book.refit(NEUTRAL)
    if json:
        print_json({"refit": None if view is None else asdict(view)})
        return
    if view is None:
        print("There are too few judgements yet to fit anything to: at least 50 pairs have to be judged.")
        return
    print(f"Judged pairs: {view.answers}. Of those in a band, the share that was right:")
    for words, rows in (("before", view.before), ("after", view.after)):
        for row in rows:
            print(f"  {words}: {row.low:.2f} to {row.high:.2f}: {row.count:5} pairs, {row.right:.3f} right")


class _Open:
    """The listbook and its reviewbook, closed together."""

    def __init__(self, case: str, key: str) -> None:
        from quittance.cli.people import open_lists
        from quittance.reviewbook import Reviewbook

        self._lists = open_lists(case, key)
        self._book = Reviewbook(self._lists)

    def __enter__(self) -> Reviewbook:
        return self._book

    def __exit__(self, *_: object) -> None:
        self._lists.close()


_open = _Open


def _fingerprint(who: str) -> str:
    """The fingerprint that `--as` names: itself, or that of a key file, for which no passphrase is needed."""
    from pathlib import Path

    from quittance.files.keyfile import describe_key, read_key_file
    from quittance.record.envelope import HEX_256

    return who if HEX_256.fullmatch(who) else describe_key(read_key_file(Path(who))).fingerprint


def write_signed(statements: Sequence[Statement], signer: Signer, folder: Path) -> list[str]:
    """Each statement signed, in an envelope of its own."""
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.record.keys import sign_statement

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    files = []
    for statement in statements:
        path = folder / f"judgement-{statement.nonce}.json"
        write_new(path, write_envelope(statement, sign_statement(statement, signer)))
        files.append(str(path))
    return files


def _judge_all(book: Reviewbook, reviewer: str) -> None:
    """One question after the other, relatives one after the other, until the queue ends or the reviewer quits."""
    from quittance.visibility import NEUTRAL

    queue = book.queue(NEUTRAL, reviewer)
    print(f"Pairs to judge: {queue.open}.")
    number = 0
    for group in queue.groups:
        if len(group) > 1:
            print(f"\nThe next {len(group)} pairs belong together: look at all of them before you judge the first.")
        for ref in (one for one in group if not one.answered):
            number += 1
            if not _judge(book, reviewer, ref.a, ref.b, f"{number} of {queue.open}"):
                return


def _judge_in_bulk(book: Reviewbook, reviewer: str) -> None:
    """The pairs above the upper threshold, twenty on a screen: those not named are judged to be the same."""
    from quittance.visibility import NEUTRAL

    refs = [ref for (ref,) in book.queue(NEUTRAL, reviewer, auto=True).groups]
    print(f"Pairs above the upper threshold: {len(refs)}.")
    for start in range(0, len(refs), BULK):
        chosen = refs[start : start + BULK]
        for number, ref in enumerate(chosen, 1):
            view = book.question(NEUTRAL, reviewer, ref.a, ref.b)
            print(f"{number:3}  {ref.a}  {_summary(view.a.fields)}\n     {ref.b}  {_summary(view.b.fields)}")
        said = _line("Enter: all of these are the same; numbers of those to leave out; q quit: ")
        if said is None or said == "q":
            return
        left = set(said.replace(",", " ").split())
        for number, ref in enumerate(chosen, 1):
            if str(number) not in left:
                book.answer(NEUTRAL, reviewer, ref.a, ref.b, "same")


def _judge(book: Reviewbook, reviewer: str, a: str, b: str, place: str) -> bool:
    """One question; whether the reviewer goes on."""
    from quittance.errors import QuittanceError
    from quittance.people.judgements import REASONS
    from quittance.visibility import NEUTRAL

    view = book.question(NEUTRAL, reviewer, a, b)
    print()
    for line in question_lines(view, place):
        print(line)
    while True:
        said = _line(KEYS)
        if said is None or said == "q":
            return False
        if said == "k":
            return True
        if said not in ANSWERS:
            continue
        try:
            book.answer(NEUTRAL, reviewer, a, b, ANSWERS[said])
            return True
        except QuittanceError as error:
            if error.code != "judgement.reason_missing":
                raise
        reason: str | None = ""
        while reason not in REASONS:
            reason = _line(f"This goes against the score. Because of ({', '.join(REASONS)}): ")
            if reason is None:
                return False
        book.answer(NEUTRAL, reviewer, a, b, ANSWERS[said], reason)
        return True


def question_lines(view: QuestionView, place: str) -> Iterable[str]:
    """A pair as it is judged in the terminal: field by field, what agrees, what weighs how much, and the sum."""
    from quittance.cli.people import isolated

    for letter, said in (("A", view.a), ("B", view.b)):
        yield f"{letter}  {said.code}  {said.list}, row {said.row}, number {said.pid}"
    shown = "not proposed by the run" if view.score is None else f"score {view.score:+.1f}, {view.ref.grade}"
    alerts = f"  ALERT: {', '.join(view.ref.alerts)}" if view.ref.alerts else ""
    yield f"Pair {place}: {shown}{alerts}"
    for row in view.fields:
        weight = "" if row.weight is None else f"{row.weight:+.1f}"
        yield f"  {row.label:<34} {row.state:<8} {weight:>6}"
        given = (("A", row.a, row.a_latin), ("B", row.b, row.b_latin)) if row.a or row.b else ()
        for letter, value, latin in given:
            yield f"    {letter}  {isolated(value) or '-'}" + (f"   {latin}" if latin and latin != value else "")
        if row.words:
            yield f"       {row.words}"
    yield f"  {'in all':<34} {'':<8} {view.total:>+6.1f}"
    if view.mine is not None:
        yield f"  You have answered: {view.mine}. A new answer takes its place."


def _summary(fields: Mapping[str, str]) -> str:
    from quittance.cli.people import isolated

    return "  ".join(isolated(fields[name]) for name in ("name", "father", "birth", "province") if fields[name])


def _line(prompt: str) -> str | None:
    """What the reviewer types, in small letters; None at the end of the input."""
    try:
        return input(prompt).strip().lower()
    except EOFError:
        return None
