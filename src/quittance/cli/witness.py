"""`quittance record witness`: run a witness, carry its requests and answers as files, compare checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from quittance.record.checkpoint import Checkpoint
    from quittance.record.keys import Signer
    from quittance.record.note import VerifierKey
    from quittance.witness.compare import Comparison, Mirror
    from quittance.witness.store import Grounds
    from quittance.witness.witness import Witness

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Cosign what a log signs, on a line or by courier; compare checkpoints.",
)

KeyFile = Annotated[str, typer.Option("--key", metavar="FILE", help="The witness's key, under a passphrase.")]
Name = Annotated[
    str, typer.Option("--name", metavar="NAME", help="The witness's name, such as party-a.example/witness.")
]
Logs = Annotated[list[str], typer.Option("--log", metavar="VKEY", help="The key of a log; may be given several times.")]
Store = Annotated[str, typer.Option("--store", metavar="FILE", help="The witness's memory.")]
Tiles = Annotated[str | None, typer.Option("--tiles", metavar="DIR", help="The published folder of the log.")]
Out = Annotated[str, typer.Option("--out", metavar="FILE", help="The file to write; it must not be there yet.")]

DEFAULT_PORT = 8765
FORK = "fork.txt"


@app.command()
def init(key: KeyFile, name: Name, store: Store) -> None:
    """Make the memory of a new witness, and print the vkey that goes into the policy."""
    from quittance.record.note import COSIGNATURE, VerifierKey
    from quittance.witness.store import WitnessStore

    with _wrong_use():
        vkey = VerifierKey(name, COSIGNATURE, _signer(key).public)
    WitnessStore.create(Path(store), vkey).close()
    print(vkey)


@app.command()
def serve(
    key: KeyFile,
    name: Name,
    log: Logs,
    store: Store,
    port: Annotated[int, typer.Option(metavar="PORT", help="The port; 0 takes a free one.")] = DEFAULT_PORT,
    host: Annotated[str, typer.Option(metavar="ADDRESS", help="The address to listen at.")] = "127.0.0.1",
    prefix: Annotated[str, typer.Option(metavar="PATH", help="What comes before /add-checkpoint.")] = "",
) -> None:
    """Answer requests over HTTP until Ctrl-C or a termination signal."""
    import signal
    import threading

    from quittance.witness.http import WitnessServer

    with _witness(key, name, log, store) as witness, WitnessServer(witness, host, port, prefix) as server:

        def end(number: int, frame: object) -> None:
            threading.Thread(target=server.shutdown, daemon=True).start()

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, end)
        shown = f"[{host}]" if ":" in host else host
        print(f"The witness {name} answers at http://{shown}:{server.port}{server.prefix}\nCtrl-C ends it.", flush=True)
        server.serve_forever()
    if server.failure is not None:
        raise server.failure


@app.command()
def sign(
    request: Annotated[str, typer.Argument(metavar="REQUEST", help="The request, as the courier brought it.")],
    out: Out,
    key: KeyFile,
    name: Name,
    log: Logs,
    store: Store,
) -> None:
    """Answer one request from a file with a file: cosign it, or say why not."""
    from quittance.errors import RefusedError
    from quittance.files.read import read_file
    from quittance.witness.request import MAX_BYTES

    body = read_file(request, MAX_BYTES)
    # The file is opened before anything is cosigned, so that a stick that cannot be written is noticed first.
    with _witness(key, name, log, store) as witness, _new_file(out) as write:
        answer = witness.answer_file(body)
        write(answer.body)
    if answer.status == 200:
        print(f"Cosigned; the answer is in {out}.")
        return
    said = answer.body.decode().strip()
    if answer.status == 409:
        code, said = (
            "witness.conflict",
            f"this witness has cosigned {said} entries last; the log must start from there.",
        )
    else:
        code, _, said = said.partition(": ")
    raise RefusedError(f"Not cosigned: {said} The answer in {out} says so to the log.", code=code)


@app.command()
def compare(
    one: Annotated[str, typer.Argument(metavar="A", help="A checkpoint.")],
    other: Annotated[str, typer.Argument(metavar="B", help="Another checkpoint of the same log.")],
    log: Logs,
    tiles: Tiles = None,
    evidence: Annotated[str, typer.Option(metavar="FILE", help="Where to write the proof of a fork.")] = FORK,
    json: AsJson = False,
) -> None:
    """Say whether two checkpoints are of one history; write the proof if they are not."""
    from quittance.record.checkpoint import open_checkpoint
    from quittance.witness.compare import compare as compare_notes

    notes, logs = (_note(one), _note(other)), _log_keys(log)
    size = max(open_checkpoint(note, logs, ()).checkpoint.size for note in notes)
    found = compare_notes(*notes, logs, _mirror(tiles, size) if tiles is not None else None)
    if found.evidence is not None:
        with _new_file(evidence) as write:
            write(found.evidence)
    small, large = found.smaller.size, found.larger.size
    said = {
        "same": f"One history: both have {large} entries and the same root.",
        "extends": f"One history: the larger, of {large} entries, continues the smaller, of {small}.",
        "unproven": f"Nothing is shown yet: {small} and {large} entries. Give the published folder of the larger one "
        "with --tiles.",
        "fork": f"FORK: the log has signed two histories, of {small} and {large} entries. The proof is in {evidence}: "
        "show it to everybody, and rely on neither.",
    }[found.outcome]
    _say(found, said, json)
    if found.outcome in ("unproven", "fork"):
        raise typer.Exit(1)


@app.command("check-evidence")
def check_evidence(
    file: Annotated[str, typer.Argument(metavar="FILE", help="The proof of a fork.")], log: Logs, json: AsJson = False
) -> None:
    """Check a file that is said to prove that a log has signed two histories."""
    from quittance.witness.compare import check_evidence as check

    found = check(_note(file), _log_keys(log))
    small, large = found.smaller, found.larger
    _say(
        found,
        f"It is a proof: {small.origin} has signed two histories, of {small.size} and {large.size} entries.",
        json,
    )


@app.command()
def kept(
    log: Logs,
    store: Store,
    out: Annotated[str | None, typer.Option("--out", metavar="DIR", help="Write the notes and proofs there.")] = None,
) -> None:
    """List the checkpoints that a log has signed and this witness has refused."""
    from quittance.witness.compare import compare as compare_notes
    from quittance.witness.store import WitnessStore

    logs = _log_keys(log)
    memory = WitnessStore.open(Path(store))
    for number, origin in enumerate(dict.fromkeys(key.name for key in logs)):
        history = {head.checkpoint.size: head.note for head in memory.history(origin)}
        for refused in memory.kept(origin):
            size, proof = refused.checkpoint.size, refused.note
            if refused.grounds == "fork":
                proof = compare_notes(history[size], refused.note, logs).evidence or proof
            line = f"{origin}  size {size}  {refused.grounds}"
            if out is not None:
                path = Path(out) / f"{number}-{size}-{refused.checkpoint.root.hex()[:16]}-{refused.grounds}.txt"
                with _new_file(str(path)) as write:
                    write(proof)
                line += f"  {path}"
            print(line)


@app.command()
def request(
    note: Annotated[str, typer.Argument(metavar="NOTE", help="The checkpoint to have cosigned.")],
    tiles: Annotated[str, typer.Option("--tiles", metavar="DIR", help="The published folder of the log.")],
    old: Annotated[int, typer.Option(metavar="SIZE", help="What the witness has cosigned last; 0 if nothing.")],
    out: Out,
) -> None:
    """Write the request that a courier takes to a witness: the log's side."""
    from quittance.record.checkpoint import Checkpoint
    from quittance.record.note import Note
    from quittance.witness.courier import make_request

    asked = Note.parse(_note(note))
    made = make_request(asked, _mirror(tiles, Checkpoint.parse(asked.text).size), old)
    with _new_file(out) as write:
        write(made)
    print(f"The request is in {out}.")


@app.command()
def collect(
    note: Annotated[str, typer.Argument(metavar="NOTE", help="The checkpoint that was to be cosigned.")],
    answers: Annotated[list[str], typer.Argument(metavar="ANSWER...", help="What the courier brought back.")],
    log: Logs,
    witness: Annotated[list[str], typer.Option("--witness", metavar="VKEY", help="The key of a witness.")],
    out: Out,
) -> None:
    """Put the cosignatures that a courier brought under a checkpoint: the log's side."""
    from quittance.files.read import read_file
    from quittance.record.note import Note
    from quittance.witness.courier import collect as collect_answer
    from quittance.witness.request import MAX_BYTES

    logs, witnesses = _log_keys(log), _keys(witness)
    collected = Note.parse(_note(note))
    for answer in answers:
        collected = collect_answer(collected, read_file(answer, MAX_BYTES), logs, witnesses)
    with _new_file(out) as write:
        write(collected.encode())
    print(f"The checkpoint with {len(collected.signatures)} signatures is in {out}.")


@contextmanager
def _witness(key: str, name: str, log: list[str], store: str) -> Iterator[Witness]:
    """The witness on its store, which is closed in the end."""
    import time
    from contextlib import closing

    from quittance.witness.store import WitnessStore
    from quittance.witness.witness import Witness, trusted_logs

    def clock() -> int:
        return int(time.time())  # noqa: TID251 - the witness's one clock

    logs, signer = trusted_logs(_keys(log)), _signer(key)
    with closing(WitnessStore.open(Path(store))) as memory:
        yield Witness(memory, name, signer, logs, clock, _alarm)


def _alarm(checkpoint: Checkpoint, grounds: Grounds) -> None:
    import sys

    if grounds == "fork":
        print(
            f"FORK: {checkpoint.origin} has signed a second history of {checkpoint.size} entries. It is kept: see "
            '"quittance record witness kept".',
            file=sys.stderr,
            flush=True,
        )


def _signer(key: str) -> Signer:
    from quittance.cli.passphrase import passphrase
    from quittance.errors import UsageError
    from quittance.files.keyfile import open_key, read_key_file

    opened = open_key(read_key_file(Path(key)), passphrase("Passphrase of the witness's key: "))
    if opened.file.use != "witness":
        raise UsageError(
            f"{key} is a key for another use ({opened.file.use}). Make one for a witness; a key has one use.",
            code="key.use",
        )
    return opened.signer()


def _keys(vkeys: list[str]) -> list[VerifierKey]:
    from quittance.record.note import VerifierKey

    with _wrong_use():
        return [VerifierKey.parse(vkey) for vkey in vkeys]


@contextmanager
def _wrong_use() -> Iterator[None]:
    """A key or name given as an option that cannot be read is wrong use, not a failed verification."""
    from quittance.errors import UsageError
    from quittance.record.note import NoteError

    try:
        yield
    except NoteError as error:
        raise UsageError(error.message, code=error.code) from None


def _log_keys(vkeys: list[str]) -> list[VerifierKey]:
    from quittance.witness.witness import trusted_logs

    return [key for keys in trusted_logs(_keys(vkeys)).values() for key in keys]


def _note(path: str) -> bytes:
    from quittance.files.read import read_file
    from quittance.record.note import MAX_NOTE_BYTES

    return read_file(path, 2 * MAX_NOTE_BYTES)


def _mirror(folder: str, size: int) -> Mirror:
    from quittance.errors import RecordError, UnreadableError
    from quittance.files.read import read_file
    from quittance.record.tiles import TileTree

    def fetch(path: str) -> bytes:
        try:
            return read_file(Path(folder) / path, 1 << 25)
        except UnreadableError as error:
            raise RecordError(error.message, code="tile.missing") from None

    return TileTree(size, fetch)


@contextmanager
def _new_file(path: str) -> Iterator[Callable[[bytes], int]]:
    """Writes to a file that was not there, flushed to its medium; removed again if anything goes wrong."""
    import os

    from quittance.errors import UsageError

    try:
        with Path(path).open("xb") as file:
            try:
                yield file.write
                file.flush()
                os.fsync(file.fileno())
            except BaseException:
                Path(path).unlink(missing_ok=True)
                raise
    except FileExistsError:
        raise UsageError(f"{path} is there already. Choose another name.", code="file.exists") from None
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror}). Choose another place.", code="file.unwritable"
        ) from None


def _say(found: Comparison, said: str, json: bool) -> None:
    if not json:
        print(said)
        return
    print_json(
        {
            "outcome": found.outcome,
            "origin": found.larger.origin,
            "sizes": [found.smaller.size, found.larger.size],
            "message": said,
        }
    )
