"""What the documentation shows is what happens: its commands are run, and its answers compared.

A block of indented lines that begins with `$` is a session: each line with `$` is a command, the lines after it are its
answer. `...` stands for any text in a line, alone on a line for any number of lines. A fenced block after the words
"Save this as `name`" is written to that file; "Remove `text`" takes the text out of it, "Put it back" puts it back.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from quittance.cli.main import run
from quittance.files import keyfile

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = [
    path
    for path in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]
    if re.search(r"^    \$ ", path.read_text("utf-8"), re.MULTILINE)
]
FILE = re.compile(r"Save this as\s+`([^`]+)`:\s+```\w*\n(.*?)```", re.DOTALL)
REMOVED = re.compile(r"Remove `([^`]+)`()")
RESTORED = re.compile(r"(Put it back)()")
SESSION = re.compile(r"^(?:    \$ .*\n(?:(?:    .*)?\n)*)", re.MULTILINE)


class Step(NamedTuple):
    """A command and the answer shown for it, or a file (or a piece of text) and its content."""

    kind: str
    name: str
    text: str


def steps(page: str) -> Iterator[Step]:
    """The steps of a page, in its order."""
    found = [
        (match.start(), Step(kind, match[1], match[2]))
        for kind, pattern in (("file", FILE), ("remove", REMOVED), ("restore", RESTORED))
        for match in pattern.finditer(page)
    ]
    for match in SESSION.finditer(page):
        lines = [line[4:] for line in match[0].rstrip().splitlines()]
        starts = [number for number, line in enumerate(lines) if line.startswith("$ ")]
        for begin, end in zip(starts, [*starts[1:], len(lines)], strict=True):
            answer = "\n".join(lines[begin + 1 : end])
            found.append((match.start() + begin, Step("command", lines[begin][2:], answer)))
    return (step for _, step in sorted(found, key=lambda one: one[0]))


def shown(answer: str) -> re.Pattern[str]:
    """A pattern for the answers that may stand where `answer` is shown."""
    lines = (
        r"(?:.*\n)*?" if line == "..." else ".*".join(map(re.escape, line.split("..."))) + r"\n"
        for line in answer.rstrip().split("\n")
    )
    return re.compile("".join(lines))


def test_there_are_sessions():
    """The pages that teach have sessions, so that the test below cannot pass on nothing."""
    names = [path.name for path in PAGES]
    assert {"README.md", "first-case.md", "ask-what-was-known-then.md", "rings.md", "readings-and-disputes.md"} <= set(
        names
    )
    assert sum(step.kind == "command" for path in PAGES for step in steps(path.read_text("utf-8"))) >= 15


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_answer_is_what_the_command_prints(path, tmp_path, monkeypatch, capsys):
    """Each command of the page is run in its order, in one folder with the examples, and prints what is shown."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUITTANCE_PASSPHRASE", "five random words go here")
    monkeypatch.setattr(keyfile, "COST", 2**4)
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    saved = ("", "")
    for kind, name, text in steps(path.read_text("utf-8")):
        if kind == "file":
            saved = (name, text)
        if kind == "remove":
            assert name in saved[1]
        if kind != "command":
            Path(saved[0]).write_text(saved[1].replace(name, "") if kind == "remove" else saved[1], "utf-8")
            continue
        program, *arguments = shlex.split(name)
        assert program == "quittance"
        run(arguments)
        captured = capsys.readouterr()
        said = captured.out + captured.err
        assert shown(text).fullmatch(said), f"{path.name}: {name}\n{said}"


def test_the_example_of_the_json_is_what_is_printed(tmp_path, monkeypatch, capsys):
    """The document in the reference of `quittance-status/1` is cut out of the answer of the example case."""
    monkeypatch.chdir(tmp_path)
    example = ROOT / "examples/afghanistan-2020"
    asked = ["--journal", str(example / "journal.jsonl"), "--as-of", "2020-07-31", "--json"]
    assert run(["agreement", "status", str(example / "agreement.yaml"), *asked]) == 0
    printed = json.loads(capsys.readouterr().out)
    block = re.search(r"```json\n(.*?)```", (DOCS / "reference/status-json.md").read_text("utf-8"), re.DOTALL)
    assert block is not None
    documented = json.loads(block[1])
    names = [row["id"] for row in documented["commitments"]]
    printed["commitments"] = [row for row in printed["commitments"] if row["id"] in names]
    assert documented.pop("agreement_sha256") == "..."
    assert len(printed.pop("agreement_sha256")) == 64
    assert documented == printed
