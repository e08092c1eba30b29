"""Commands on the people of a case's lists: the register, one person, search, the file for a side, erasure."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from quittance.cli.question import AsJson, print_json
from quittance.cli.review import Case, Key, confirm, duplicates, match, refit, review, sign, undo

if TYPE_CHECKING:
    from quittance.listbook import Listbook
    from quittance.views.register import Filters, PersonLine, PersonView

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Match the people of both sides' lists, judge matches, ask who is on which list.",
)
for _command in (match, duplicates, review, sign, undo, confirm, refit):
    app.command(_command.__name__)(_command)

List = Annotated[str, typer.Option("--list", metavar="SIDE/ID", help="Only people on this list.")]
Side = Annotated[str, typer.Option("--side", metavar="PARTY", help="Only people on a list of this party.")]
Province = Annotated[str, typer.Option("--province", metavar="KEY", help="Only people of this province; none, other.")]
State = Annotated[
    str,
    typer.Option("--state", metavar="STATE", help="alone, waiting, matched, confirmed, unclear or disputed."),
]
Code = Annotated[str, typer.Argument(metavar="CODE", help="The code of the person, or of one of the entries.")]

PAGE = 50


@app.callback()
def _people() -> None:
    """Match the people of both sides' lists, judge matches, ask who is on which list."""


@app.command("lists")
def lists(case: Case, key: Key, json: AsJson = False) -> None:
    """Show every list, its versions, and what the record has of it; no names."""
    from quittance.visibility import NEUTRAL

    with open_lists(case, key) as book:
        found = book.lists(NEUTRAL)
    if json:
        print_json({"lists": [_plain(asdict(one)) for one in found]})
        return
    if not found:
        print(f"There is no list yet. Take one in with: quittance import list {case} FILE --side PARTY --list ID")
    for one in found:
        state = (
            "withdrawn by its side" if one.withdrawn else "in the record" if one.recorded else "not in the record yet"
        )
        print(f"{one.name}: version {one.version}, {one.entries:,} entries, {one.gone:,} gone, {state}.")
        for version in one.versions:
            where = f"entries {', '.join(map(str, version.recorded))}" if version.recorded else "no entry"
            print(
                f"  version {version.version}: {version.entries:,} rows, {version.added:,} added, {version.changed:,} "
                f"changed, {version.moved:,} moved, {version.removed:,} removed; {where}"
            )


@app.command("list")
def list_(
    case: Case,
    key: Key,
    list_: List = "",
    side: Side = "",
    province: Province = "",
    state: State = "",
    gone: Annotated[bool, typer.Option("--gone", help="Those who are on no list any more.")] = False,
    page: Annotated[int, typer.Option("--page", metavar="N", min=1, help="Which page of 50.")] = 1,
    json: AsJson = False,
) -> None:
    """Show the register: every person once, with the counts by list, province and state. Shows names."""
    from quittance.visibility import NEUTRAL

    filters = _filters(list_, side, province, state, gone)
    with open_lists(case, key) as book:
        view = book.register(NEUTRAL, filters, page, PAGE)
    if json:
        print_json(_plain(asdict(view)))
        return
    print(
        f"{view.persons:,} people, {view.entries:,} entries; found: {view.found:,}. Page {view.page} of {view.pages}."
    )
    for words, counts in (("list", view.by_list), ("state", view.by_state), ("province", view.by_province)):
        print(f"By {words}: " + ", ".join(f"{one.label} {one.n:,}" for one in counts if one.n))
    for line in view.lines:
        print(person_line(line))


@app.command("search")
def search(
    case: Case,
    key: Key,
    name: Annotated[
        str | None,
        typer.Argument(metavar="NAME", help="Better left out: command lines are kept. Then you are asked for it."),
    ] = None,
    list_: List = "",
    side: Side = "",
    province: Province = "",
    state: State = "",
    json: AsJson = False,
) -> None:
    """Find people by name, in any script and spelling. The name is asked for, so that no command line keeps it."""
    from quittance.visibility import NEUTRAL

    text = name if name is not None else _asked("Name: ")
    filters = _filters(list_, side, province, state, gone=False)
    with open_lists(case, key) as book:
        hits = book.search(NEUTRAL, text, filters)
    if json:
        print_json({"hits": [_plain(asdict(one)) for one in hits]})
        return
    for one in hits:
        print(f"{one.score:6.1f}  {person_line(one.line)}")
    if not hits:
        print("Nobody is found.")


@app.command("show")
def show(case: Case, code: Code, key: Key, json: AsJson = False) -> None:
    """Show one person: what each list says side by side, and how the entries came together. Shows names."""
    from quittance.visibility import NEUTRAL

    with open_lists(case, key) as book:
        view = book.person(NEUTRAL, code)
    if json:
        print_json(_plain(asdict(view)))
        return
    for line in person_lines(view):
        print(line)


@app.command("export")
def export(
    case: Case,
    key: Key,
    party: Annotated[str, typer.Option("--for", metavar="PARTY", help="The side whose lists these are.")],
    to: Annotated[str, typer.Option("--to", metavar="AGE1...", help="The age public key of its one reader.")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write it, encrypted.")],
    purpose: Annotated[str, typer.Option(metavar="CODE", help="What it is for; stands in the file.")] = "list-return",
    json: AsJson = False,
) -> None:
    """Write, encrypted for one reader, the row numbers of a side's own lists with their state; no name is in it."""
    from pathlib import Path

    from quittance.vault.file import write_private
    from quittance.vaultbook import require_apart
    from quittance.visibility import NEUTRAL

    require_apart(Path(out), Path(case), "An export")
    with open_lists(case, key) as book:
        made = book.export_for(NEUTRAL, party, to, purpose=purpose)
    write_private(Path(out), made.data)
    if json:
        print_json({"export": made.id, "rows": made.rows, "sha256": made.sha256, "file": out})
        return
    print(f"{out} holds {made.rows:,} rows for {party}, encrypted for one reader.")
    print(f"Export {made.id}, SHA-256 {made.sha256}: note both, and who was given it.")


@app.command("erase")
def erase(
    case: Case,
    code: Code,
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the envelope of erasure.done.")],
    key: Key,
    again: Annotated[
        str | None, typer.Option("--confirm", metavar="CODE", help="The code of the person, once more.")
    ] = None,
    json: AsJson = False,
) -> None:
    """DESTROY keys, salts and values of every entry of a person for ever, and draw up the statement that says so."""
    from pathlib import Path

    from quittance.cli.vault import casebook_of
    from quittance.errors import UsageError
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope
    from quittance.visibility import OPERATOR

    if again != code:
        raise UsageError(
            "This destroys everything that the lists say of this person for ever; nobody can bring it back. Give the "
            "code a second time with --confirm.",
            code="usage.confirm",
        )
    if Path(out).exists():
        raise UsageError(f"{out} is already there; nobody was erased. Choose another name.", code="file.exists")
    casebook, signs = casebook_of(case)
    with casebook, open_lists(case, key) as book:
        done = book.erase(OPERATOR, code, casebook, sign=signs)
    write_new(Path(out), write_envelope(done.statement, done.signatures))
    if json:
        print_json({"erased": done.erased.keys, "salts": done.erased.salts, "sid": done.statement.sid, "file": out})
        return
    print(f"ERASED: {done.erased.keys} entries of one person. Their handles stay in the record.")
    print("Now make a new backup, and destroy every key set (keys.age) that was made before.")
    signers = "the data-protection officer" if signs else "the operator and the data-protection officer"
    print(f"{out} holds the statement {done.statement.sid} (erasure.done). It still needs {signers}:")
    print(f"  quittance sign {out} --key KEYFILE")
    print(f"  quittance record submit {case} {out}")


def open_lists(case: str, key: str) -> Listbook:
    """The lists of a case, opened with the vault's key."""
    from pathlib import Path

    from quittance.cli.vault import kek_of
    from quittance.listbook import Listbook

    return Listbook.open(Path(case), kek_of(case, key))


def person_line(line: PersonLine) -> str:
    """A person of the register in one line, the name kept from turning the rest round."""
    latin = f" ({line.latin})" if line.latin and line.latin != line.name else ""
    facts = [f"father {isolated(line.father)}" if line.father else "", isolated(line.birth), isolated(line.province)]
    odd = [f"[{', '.join(line.alerts)}]"] if line.alerts else []
    return "  ".join(
        one
        for one in (line.code, line.state, f"{isolated(line.name)}{latin}", *facts, ", ".join(line.lists), *odd)
        if one
    )


def person_lines(view: PersonView) -> Iterable[str]:
    """One person in full."""
    yield person_line(view.line)
    yield ""
    for number, said in enumerate(view.said, 1):
        gone = ", gone from the list" if said.gone else ""
        yield f"[{number}] {said.code}  {said.list}, version {said.version}, row {said.row}, number {said.pid}{gone}"
        yield f"    handle {said.handle}"
        yield from (f"    {heading}: {isolated(text)}" for heading, text in said.cells)
        for version, cells in said.before:
            yield f"    before, in version {version}: " + "; ".join(f"{name}: {isolated(text)}" for name, text in cells)
    if len(view.said) > 1:
        yield ""
        for row in view.rows:
            values = "  |  ".join(isolated(value) or "-" for value in row.values)
            yield f"{row.label} ({row.state}): {values}"
    if view.history:
        yield ""
    for one in view.history:
        answer = one.answer or one.kind
        reason = f", because of {one.reason}" if one.reason else ""
        taken = ", taken back since" if one.taken_back else ""
        pair = f"{one.codes[0]} and {one.codes[1]}"
        yield f"entry {one.index}, {one.at}: {pair} {answer}{reason}, key {one.by[:16]}{taken}"


def isolated(text: str) -> str:
    """A value between the marks that keep its direction to itself; nothing for nothing."""
    return f"\u2068{text}\u2069" if text else ""


def _filters(list_: str, side: str, province: str, state: str, gone: bool) -> Filters:
    from quittance.errors import UsageError
    from quittance.views.register import STATES, Filters

    if state and state not in STATES:
        raise UsageError(f"A state is one of {', '.join(STATES)}.", code="usage.state")
    return Filters(list_, side, province, state, gone)


def _asked(prompt: str) -> str:
    """A line from the terminal, or from whatever is piped in."""
    if sys.stdin is not None and sys.stdin.isatty():
        return input(prompt)
    return sys.stdin.readline().strip() if sys.stdin is not None else ""


def _plain(value: dict[str, Any]) -> dict[str, Any]:
    """A view as JSON values."""
    import json

    made: dict[str, Any] = json.loads(json.dumps(value, ensure_ascii=False, default=dict))
    return made
