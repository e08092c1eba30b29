"""The product and the standalone checker give one verdict on every log, sound or broken.

The logs are made without either of them, one for each way in which the record format can be broken.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.checker import build

from quittance.errors import QuittanceError
from quittance.files.policies import PolicyFiles
from quittance.files.verify import verify_log

FORM = {"entry.leaf", "entry.envelope", "entry.signature", "entry.event_at", "entry.seen", "record.signature"}
SAME: dict[str, set[str]] = {
    "entry.member_unknown": FORM,
    "entry.member_missing": FORM,
    "entry.signature": FORM,
    "note.form": {"note.format", "note.checkpoint", "record.damaged"},
    "note.signature": {"note.log_signature", "note.signature", "note.time"},
    "root.mismatch": {"record.damaged"},
    "tile.hash": {"record.damaged"},
    "bundle.form": {"record.damaged"},
    "fork": {"record.fork"},
    "rollback": {"record.rollback"},
    "file.too_large": {"tile.too_large", "record.damaged"},
    "entry.body": {"journal.refused"},
}
"""Code of the checker -> the codes by which the product may refuse the same; every other code is the same in both."""


def place(folder: Path, files: build.Files) -> Path:
    """A published log in a folder."""
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return folder


def verdict(folder: Path) -> str:
    """The product's verdict: "accepted", or the code of the refusal behind the damage."""
    try:
        verify_log(folder, PolicyFiles.load(folder / "policy").read(), processes=1)
    except QuittanceError as error:
        return getattr(error.__cause__, "code", None) or error.code
    return "accepted"


@pytest.mark.parametrize("name", ["case", "public", "access"])
def test_sound_logs(tmp_path, name):
    """Both accept, with the same flags."""
    from tests.checker.test_checker import check

    folder = place(tmp_path, build.good(name))
    code, answer = check("mirror", folder)
    found = verify_log(folder, PolicyFiles.load(folder / "policy").read(), processes=1)
    assert code == 0
    assert {(flag["index"], flag["flag"]) for flag in answer["flags"]} == set(found.flags)
    assert (answer["root"], answer["grade"]) == (found.head.root.hex(), found.grade)
    assert answer["signatures_checked"] == found.signatures_checked


LISTS = {
    "complete": (((1, 1, 2), (1, 2, 2)), None),
    "begun": (((1, 1, 2),), 0),
    "next version begun": (((1, 1, 1), (2, 1, 3), (2, 2, 3)), 2),
    "finished in the end": (((1, 1, 1), (2, 1, 2), (2, 2, 2)), None),
    "begun and withdrawn": (((1, 1, 2), None), None),
    "begun anew": (((1, 1, 2), None, (3, 1, 2)), 2),
}
"""What a side says of a list, (version, part, parts) or None to withdraw it; and the statement that is flagged."""


@pytest.mark.parametrize("name", LISTS)
def test_lists_that_are_not_complete(tmp_path, name):
    """Both flag the last part that came of a version that is not complete, of a list that is not withdrawn."""
    from tests.checker.test_checker import check

    said, flagged = LISTS[name]
    log = build.copy.deepcopy(build.small_case())
    first = len(log.leaves)
    for one in said:
        if one is None:
            log.add("list.withdrawn", {"list": "L-1"}, build.A)
        else:
            log.part(build.A, version=one[0], part=one[1], parts=one[2])
    log.part(build.B, 7)
    folder = place(tmp_path, log.files())
    expected = set() if flagged is None else {(first + flagged, "list_incomplete")}
    assert {(flag["index"], flag["flag"]) for flag in check("mirror", folder)[1]["flags"]} == expected
    assert set(verify_log(folder, PolicyFiles.load(folder / "policy").read(), processes=1).flags) == expected


@pytest.mark.parametrize("number", range(len(build.BROKEN)), ids=[name for name, _, _ in build.BROKEN])
def test_broken_logs(tmp_path, number):
    """What the checker refuses by a rule, the product refuses by the same."""
    name, code, files = build.broken_log(number)
    found = verdict(place(tmp_path, files))
    assert found == code or found in SAME.get(code, ()), name
