"""What users are told exists, and what exists, are the same: commands, kinds, codes, settings, statuses."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from quittance.agreement.entries import KINDS
from quittance.agreement.verdict import CLASS_OF, DISPUTES
from quittance.cli.main import COMMANDS, load_command
from quittance.record.kinds import KINDS as KINDS_OF_RECORD

ROOT = Path(__file__).resolve().parents[1]
REFERENCE = ROOT / "docs" / "reference"
SOURCES = sorted((ROOT / "src" / "quittance").rglob("*.py"))


def page(name: str) -> str:
    """The text of a page of the reference."""
    return (REFERENCE / name).read_text("utf-8")


def commands():
    """Every command as typed, with its options."""
    waiting = [(f"quittance {row.name}", load_command(row)) for row in COMMANDS]
    while waiting:
        name, command = waiting.pop()
        inner = getattr(command, "commands", None)
        if inner is None:
            yield name, command
        else:
            waiting += [(f"{name} {word}", one) for word, one in inner.items()]


@pytest.mark.parametrize(("name", "command"), [pytest.param(*one, id=one[0]) for one in commands()])
def test_every_command_and_option_is_documented(name, command):
    """The reference of commands names each command as typed, and each of its options."""
    text = page("commands.md")
    assert name in text
    options = [option for parameter in command.params for option in parameter.opts if option.startswith("--")]
    missing = [option for option in options if option not in text and option != "--help"]
    assert missing == []


def test_every_journal_kind_is_documented():
    """Each kind of entry stands in the reference of the journal."""
    text = page("journal-format.md")
    assert [kind for kind in KINDS if f"`{kind}`" not in text] == []


def row_of(name: str) -> str:
    """A kind of the record as its row in the reference."""
    kind = KINDS_OF_RECORD[name]
    signers = " or ".join(" + ".join(slots) for slots in kind.signers)
    members = [*(f"`{member}`" for member in kind.required), *(f"`{member}`?" for member in kind.optional)]
    body = "a journal entry" if kind.free else ", ".join(members)
    return f"| `{name}` | {signers} | {body} | {kind.people} | {kind.refs or ''} | {', '.join(sorted(kind.logs))} |"


def test_every_kind_of_the_record_is_documented():
    """The table of kinds in the reference is the table that the program has, row by row."""
    text = page("record-format.md")
    assert [row for row in map(row_of, KINDS_OF_RECORD) if row not in text] == []
    assert len(KINDS_OF_RECORD) == sum(line.count(" | ") == 5 and line.startswith("| `") for line in text.splitlines())


def test_every_error_code_is_documented():
    """Each stable code that an error or a problem can carry stands in the reference."""
    pattern = re.compile(r'(?:code\s*[:=]\s*(?:str\s*=\s*)?|Problem\(\s*)"([a-z]+(?:\.[a-z_]+)+|[EJW]\d\d)"')
    codes = {code for path in SOURCES for code in pattern.findall(path.read_text("utf-8"))}
    refused = re.compile(r'refuse\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*?"([a-z_]+)"\s*,?\s*\)', re.DOTALL)
    codes |= {
        f"record.{code}"
        for name in ("rules", "signers", "effects", "batches", "rounds", "draws")
        for code in refused.findall((ROOT / f"src/quittance/record/{name}.py").read_text("utf-8"))
    }
    assert len(codes) > 200
    text = page("errors.md") + page("lint-codes.md")
    assert [code for code in sorted(codes) if f"`{code}`" not in text and f"| {code} |" not in text] == []


def test_every_warning_is_documented():
    """Each code under `warnings` of a status stands in its reference."""
    pattern = re.compile(r'Warning\(\s*"([a-z_]+)"')
    codes = {code for path in SOURCES for code in pattern.findall(path.read_text("utf-8"))}
    assert len(codes) >= 6
    assert [code for code in sorted(codes) if f"`{code}`" not in page("status-json.md")] == []


def test_every_status_and_dispute_is_documented():
    """Each word that a status can be stands in the reference of statuses."""
    assert [word for word in (*CLASS_OF, *DISPUTES) if f"`{word}`" not in page("statuses.md")] == []


def test_every_setting_is_documented():
    """Each environment variable that the program or its tests read is written down."""
    read = {
        name
        for path in [*SOURCES, *(ROOT / "tests").rglob("*.py"), ROOT / "Makefile"]
        for name in re.findall(r"\bQUITTANCE_[A-Z]+\b", path.read_text("utf-8"))
    }
    text = page("commands.md") + (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [name for name in sorted(read) if name not in text] == []


def test_the_readme_is_short_and_begins_with_the_two_commands():
    """A newcomer finds `make demo` and `make test` at once."""
    lines = (ROOT / "README.md").read_text("utf-8").splitlines()
    assert len(lines) < 150
    top = "\n".join(lines[:30])
    assert "make demo" in top
    assert "make test" in top


def test_decisions_are_numbered_without_gaps():
    """Every decision has its own number and names its status."""
    pages = sorted((ROOT / "docs" / "adr").glob("[0-9]*.md"))
    assert [int(path.name[:4]) for path in pages] == list(range(1, len(pages) + 1))
    assert [path.name for path in pages if "Status" not in path.read_text("utf-8")] == []


def test_the_repository_speaks_of_the_product_only():
    """No path of a machine and no host of a package registry stands in what is committed (the lock file apart)."""
    if not (ROOT / ".git").exists():
        pytest.skip("this is no checkout: there is no list of committed files")
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    hosts = "|".join(["py" + "pi.org", "python" + "hosted", "npm" + "js.org", "deb." + "debian"])
    forbidden = re.compile(rf"/wo" rf"rk/|/ro" rf"ot/|{hosts}")
    found = []
    for name in listed:
        path = ROOT / name
        if name == "uv.lock" or not path.is_file() or path.suffix in (".png", ".woff2", ".mo"):
            continue
        if forbidden.search(path.read_text("utf-8", errors="replace")):
            found.append(name)
    assert found == []
