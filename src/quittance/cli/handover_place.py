"""Commands of the day of a handover on a device at the place: no case and no network, an unpacked bundle and a key."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from quittance.cli.question import AsJson, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from quittance.files.daybundle import DayPerson
    from quittance.files.dayfolder import DayFolder, NewAct
    from quittance.files.daykey import DeviceKey
    from quittance.handover.day import DayState

Folder = Annotated[str, typer.Argument(metavar="FOLDER", help="The folder that a bundle was unpacked into.")]
DeviceFile = Annotated[str, typer.Option("--key", metavar="KEYFILE", help="The device's key.")]

ANSWERS = {
    "identity": {"yes": "confirmed", "no": "failed"},
    "medical": {"yes": "fit", "escort": "escort", "no": "unfit"},
    "pledge": {"yes": "signed", "no": "refused"},
    "wish": {"affirmed": "affirmed", "declined": "declined", "deferred": "deferred"},
    "family": {"yes": "informed", "later": "later"},
    "property": {"yes": "returned", "no": "missing"},
    "receipt": {"yes": "signed", "no": "refused"},
}
"""Option of `handover check` -> what may be said -> value of the act."""

PREFIX = 8
"""Characters of a bundle's id with which a wipe is confirmed."""


def device(
    key: Annotated[str, typer.Argument(metavar="KEYFILE", help="The device's key, a key for statements.")],
) -> None:
    """Print the word that names this device to whoever makes bundles for it."""
    print(_device(key).device.text)


def unpack(
    file: Annotated[str, typer.Argument(metavar="BUNDLE", help="The bundle that was carried here.")],
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="The folder to make.")],
    key: DeviceFile,
    signed_by: Annotated[
        str, typer.Option("--signed-by", metavar="FINGERPRINT", help="Whose signature it must bear, as you were told.")
    ],
    json: AsJson = False,
) -> None:
    """Unpack a bundle on this device, sealed under the device's key."""
    import secrets
    from pathlib import Path

    from quittance.files.daybundle import MAX_FILE_BYTES
    from quittance.files.dayfolder import DayFolder
    from quittance.files.read import read_file

    data = read_file(file, MAX_FILE_BYTES)
    made = DayFolder.unpack(Path(folder), data, _device(key), signed_by, _now(), secrets.token_bytes)
    bundle = made.bundle
    if json:
        print_json(
            {"batch": bundle.batch, "bundle": bundle.bundle, "issue": bundle.issue, "persons": len(bundle.persons)}
        )
        return
    print(f"{folder} holds {len(bundle.persons)} people of batch {bundle.batch}, until {bundle.expires_at}.")
    print(f"Now destroy {file}: with this device's key it opens again. The wipe does it too: --also {file}")


def check(
    folder: Folder,
    code: Annotated[str, typer.Argument(metavar="CODE", help="The person; - for what is about nobody.")],
    key: DeviceFile,
    identity: Annotated[str | None, typer.Option(metavar="yes|no", help="Whether this is the person.")] = None,
    medical: Annotated[str | None, typer.Option(metavar="yes|escort|no", help="Fit to travel.")] = None,
    pledge: Annotated[str | None, typer.Option(metavar="yes|no", help="The pledge was signed.")] = None,
    wish: Annotated[
        str | None, typer.Option(metavar="affirmed|declined|deferred", help="The person's own wish.")
    ] = None,
    private: Annotated[str | None, typer.Option(metavar="yes|no", help="Asked alone; with --wish.")] = None,
    family: Annotated[str | None, typer.Option(metavar="yes|later", help="The family was told.")] = None,
    property_: Annotated[
        str | None, typer.Option("--property", metavar="yes|no", help="Property was given back.")
    ] = None,
    receipt: Annotated[str | None, typer.Option(metavar="yes|no", help="The person signed for it.")] = None,
    gone: Annotated[bool, typer.Option("--gone", help="The person was handed over.")] = False,
    drop: Annotated[str | None, typer.Option(metavar="REASON", help="The person does not leave, and why.")] = None,
    note: Annotated[str | None, typer.Option(metavar="KIND", help="Something did not agree.")] = None,
    undo: Annotated[list[str] | None, typer.Option(metavar="CHECK", help="Take an answer back; repeat it.")] = None,
    json: AsJson = False,
) -> None:
    """Note what was done for one person; when this returns, it is on the disk."""
    opened = _open(folder, key)
    handle = "" if code == "-" else opened.bundle.person(code).handle
    said = {
        "identity": identity, "medical": medical, "pledge": pledge, "wish": wish, "family": family,
        "property": property_, "receipt": receipt,
    }  # fmt: skip
    acts = _acts(handle, {kind: answer for kind, answer in said.items() if answer is not None}, private)
    for kind, value in (("gone", "yes" if gone else None), ("dropped", drop), ("discrepancy", note)):
        if value is not None:
            acts.append(_act(handle, kind, value))
    acts += [_act(handle, kind, "") for kind in undo or ()]
    if not acts:
        _refuse("Say what was done, such as --identity yes")
    _check_forms(acts)
    opened.add(acts, _now())
    kinds = [one.kind for one in acts]
    if json:
        print_json({"code": code, "kept": kinds})
        return
    print(f"Kept for {code}: {', '.join(kinds)}.")


def day(
    folder: Folder,
    key: DeviceFile,
    names: Annotated[bool, typer.Option("--names", help="Show names as well.")] = False,
    json: AsJson = False,
) -> None:
    """Show the checklist of the day: for each person what is still missing before he may go."""
    from quittance.cli.question import print_table
    from quittance.dates import parse_instant

    opened = _open(folder, key)
    opened.bundle.require_time(_now())
    state, now = opened.state(), parse_instant(_now())
    done = {**dict.fromkeys(state.dropped, "does not leave"), **dict.fromkeys(state.gone, "handed over")}
    lines = [
        (one, done.get(one.handle) or _standing(one, state, now, opened.bundle.needed)) for one in opened.bundle.persons
    ]
    if json:
        print_json(
            {
                "batch": opened.bundle.batch,
                "expires_at": opened.bundle.expires_at,
                "people": [{"code": one.code, "standing": standing} for one, standing in lines],
                "discrepancies": len(state.discrepancies),
            }
        )
        return
    print(f"Batch {opened.bundle.batch}, until {opened.bundle.expires_at}.")
    heads = ["No.", "Code", *(["Name", "Father"] if names else []), "Standing"]
    print_table(
        heads,
        [
            [str(number), one.code, *([one.name, one.father] if names else []), standing]
            for number, (one, standing) in enumerate(lines, 1)
        ],
    )
    if state.discrepancies:
        print(f"Noted that did not agree: {len(state.discrepancies)}.")


def draft(
    folder: Folder,
    key: DeviceFile,
    place: Annotated[str, typer.Option("--place", metavar="CODE", help="Where, as a code.")],
    file: Annotated[str, typer.Option("--out", metavar="FILE", help="Where to write the statement, unsigned.")],
) -> None:
    """Draw up what the neutral saw: those noted as gone; to be signed here with `quittance sign`, and packed."""
    import secrets
    from pathlib import Path

    from quittance.files.dayfolder import observed
    from quittance.files.durable import write_new
    from quittance.files.envelopes import write_envelope

    opened = _open(folder, key)
    statement = observed(opened.bundle, opened.state(), place, _now(), secrets.token_hex(16))
    write_new(Path(file), write_envelope(statement))
    print(f"{file} holds the statement {statement.sid} about {statement.body['count']} people. Sign it with:")
    print(f"  quittance sign {file} --key KEYFILE")


def pack(
    folder: Folder,
    key: DeviceFile,
    file: Annotated[str, typer.Option("--out", metavar="FILE", help="The return to make.")],
    with_: Annotated[
        list[str] | None, typer.Option("--with", metavar="FILE", help="A statement signed here; repeat it.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Pack everything that was noted, and statements signed here, for the machine of the case alone."""
    from hashlib import sha256
    from pathlib import Path

    from quittance.files.envelopes import MAX_ENVELOPE_BYTES, read_envelope
    from quittance.files.read import read_file
    from quittance.vault.file import exists, write_private

    statements = [read_file(one, MAX_ENVELOPE_BYTES) for one in with_ or ()]
    for one in statements:
        read_envelope(one)
    if Path(file).exists():
        raise exists(Path(file))
    opened = _open(folder, key)
    data = opened.pack(_now(), statements)
    write_private(Path(file), data)
    acts, digest = len(opened.acts()), sha256(data).hexdigest()
    if json:
        print_json({"file": file, "acts": acts, "statements": len(statements), "bytes": len(data), "sha256": digest})
        return
    print(f"{file} holds {acts} acts and {len(statements)} statement(s). Keep the folder until it was taken back.")
    print(f"{len(data)} bytes, SHA-256 {digest}")


def wipe(
    folder: Folder,
    also: Annotated[list[str] | None, typer.Option("--also", metavar="FILE", help="Destroy this file too.")] = None,
    confirm: Annotated[
        str | None, typer.Option("--confirm", metavar="PREFIX", help="The first 8 characters of the bundle's id.")
    ] = None,
    sure: Annotated[bool, typer.Option("--sure", help="The second time: yes, destroy it.")] = False,
) -> None:
    """DESTROY the folder of a day for ever; asks twice, and needs neither key nor passphrase."""
    import secrets
    from pathlib import Path

    from quittance.errors import UsageError
    from quittance.files.dayfolder import bundle_of, unpacked_since
    from quittance.files.dayfolder import wipe as destroy

    path = Path(folder)
    try:
        bundle: str | None = bundle_of(path)
    except UsageError:
        if not path.is_dir():
            raise
        bundle = None  # its key is gone already: a wipe that was cut off is finished without a question
    if bundle is not None:
        left = unpacked_since(path)
        warning = "Acts were noted since it was last packed: THEY WOULD BE LOST. " if left else ""
        asked = _asked(f"{warning}Type the first {PREFIX} characters of the bundle, {bundle[:PREFIX]}: ", confirm)
        if asked is None or len(asked) < PREFIX or not bundle.startswith(asked):
            raise UsageError(
                f"{warning}This destroys the folder of bundle {bundle[:PREFIX]} for ever. Confirm it with "
                f"--confirm and the first {PREFIX} characters of the bundle's id, and a second time with --sure.",
                code="usage.confirm",
            )
        if not sure and _asked("Once more, type DESTROY: ", None) != "DESTROY":
            raise UsageError("Nothing was destroyed: confirm it a second time with --sure.", code="usage.confirm")
    destroy(path, [Path(one) for one in also or ()], random=secrets.token_bytes)
    print(f"{folder} is destroyed.")


COMMANDS: tuple[tuple[str, Callable[..., None]], ...] = (
    ("device", device),
    ("unpack", unpack),
    ("check", check),
    ("day", day),
    ("draft", draft),
    ("pack", pack),
    ("wipe", wipe),
)
"""The commands on a device, for the group `handover`."""


def _acts(handle: str, said: dict[str, str], private: str | None) -> list[NewAct]:
    """The acts behind the options of `check`; a wish that was not asked alone counts as not asked."""
    if ("wish" in said) != (private is not None) or private not in (None, "yes", "no"):
        _refuse("Say with --wish whether the person was asked alone: --private yes or --private no")
    acts = []
    for kind, answer in said.items():
        value = ANSWERS[kind].get(answer)
        if value is None:
            _refuse(f"--{kind} is one of {', '.join(ANSWERS[kind])}")
        elif kind == "wish" and private == "no":
            acts.append(_act(handle, kind, "", "not_private"))
        else:
            acts.append(_act(handle, kind, value))
    return acts


def _act(handle: str, kind: str, value: str, reason: str = "") -> NewAct:
    from quittance.files.dayfolder import NewAct

    return NewAct(handle, kind, value, reason)


def _check_forms(acts: Sequence[NewAct]) -> None:
    """Refuse an act of no known kind or value before anything is written."""
    from quittance.handover.day import Act, check_act

    for number, one in enumerate(acts, 1):
        check_act(Act(str(number), _now(), one.handle, one.kind, one.value, one.reason))


def _standing(person: DayPerson, state: DayState, now: datetime, needed: Sequence[str]) -> str:
    missing = state.missing(person.handle, now, needed)
    return f"lacks {', '.join(missing)}" if missing else "may go"


def _open(folder: str, key: str) -> DayFolder:
    import secrets
    from pathlib import Path

    from quittance.files.dayfolder import DayFolder

    return DayFolder.open(Path(folder), _device(key), secrets.token_bytes)


def _device(key: str) -> DeviceKey:
    from pathlib import Path

    from quittance.cli.sign import signer_of
    from quittance.files.daykey import DeviceKey

    return DeviceKey(signer_of(Path(key)))


def _now() -> str:
    from quittance.casebook import system_clock
    from quittance.statements import stamp

    return stamp(system_clock())


def _asked(prompt: str, given: str | None) -> str | None:
    """What was given as an option, or is typed now; None where nobody can be asked."""
    if given is not None or sys.stdin is None or not sys.stdin.isatty():
        return given
    return input(prompt).strip()


def _refuse(message: str) -> None:
    from quittance.errors import UsageError

    raise UsageError(f"{message}.", code="usage.day")
