"""`quittance agreement`: what it prints, where, and with which exit code, for good and for wrong input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from quittance.cli.main import COMMANDS, run

DATA = Path(__file__).resolve().parents[2] / "data"
BRIDGE = str(DATA / "bridge.yaml")
JOURNAL = str(DATA / "bridge.journal.jsonl")

SOUND = (DATA / "bridge.yaml").read_text()


@pytest.fixture
def call(capsys):
    """Run one command line: exit code, stdout, stderr."""

    def run_and_read(*arguments):
        code = run(arguments)
        out, err = capsys.readouterr()
        return code, out, err

    return run_and_read


@pytest.fixture
def file(tmp_path):
    """Write an agreement file and return its path."""

    def write(content):
        path = tmp_path / "agreement.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


# --- good input -------------------------------------------------------------------------------------------------------


def test_lint_prints_findings_and_counts_only_errors(call):
    """Warnings are printed with line and code and exit 0; with --strict they exit 1."""
    code, out, err = call("agreement", "lint", BRIDGE)
    assert (code, len(out.splitlines()), err) == (0, 3, "")
    assert out.startswith("warn: line 14: order affects first; nobody has accepted it")
    assert call("agreement", "lint", BRIDGE, "--strict")[0] == 1


def test_lint_json_has_its_format(call):
    """One object with the findings."""
    _, out, _ = call("agreement", "lint", BRIDGE, "--json")
    found = json.loads(out)
    assert ("quittance-lint/1", {"code", "level", "path", "line", "message"}) == (
        found["format"],
        set(found["findings"][0]),
    )


def test_lint_of_an_erroneous_file_prints_the_error_and_exits_1(call, file):
    """Errors are the answer of lint: on stdout, exit 1."""
    code, out, err = call("agreement", "lint", file(SOUND.replace("to: host", "to: hots")))
    assert (code, err) == (1, "")
    assert "commitments[1] (talks).to: unknown party `hots`; did you mean `host`?" in out


def test_lint_of_a_file_with_nothing_to_say(call, file):
    """It says so, and exits 0 also when strict."""
    text = (
        SOUND[: SOUND.index("  - id: order-start")].replace("affects: [first], ", "").replace("  order:", "  x-order:")
    )
    assert call("agreement", "lint", file(text), "--strict") == (0, "Nothing to say.\n", "")


def test_lint_with_a_journal(call, tmp_path):
    """A sound journal adds nothing; a repeated id is an error with its line."""
    assert call("agreement", "lint", BRIDGE) == call("agreement", "lint", BRIDGE, "--journal", JOURNAL)
    lines = Path(JOURNAL).read_text().splitlines()
    path = tmp_path / "journal.jsonl"
    path.write_text("\n".join([*lines, lines[-1]]))
    code, out, _ = call("agreement", "lint", BRIDGE, "--journal", str(path))
    assert (code, "error: line 6: entry `w2` stands here again (first on line 5) [J01]" in out) == (1, True)


def test_rings_in_words(call):
    """The circle, its edges with who holds them, and the clash."""
    code, out, _ = call("agreement", "rings", BRIDGE, "--as-of", "2025-01-12")
    assert code == 0
    assert "Ring: first -> order-rest -> talks -> first\n" in out
    assert "\n  first waits for order-rest (counts_toward, held by plan of north)\n" in out
    assert "Cannot be met together, 41 days short:" in out


def test_rings_json_has_its_format(call):
    """Both dates are stated; --known-by defaults to --as-of."""
    _, out, _ = call("agreement", "rings", BRIDGE, "--as-of", "2025-01-12", "--json")
    found = json.loads(out)
    assert (
        found["format"],
        found["as_of"],
        found["known_by"],
        len(found["rings"]),
        len(found["clashes"]),
    ) == ("quittance-rings/1", "2025-01-12", "2025-01-12", 1, 1)


def test_rings_with_a_journal_end_when_the_talks_start(call):
    """What the journal says was done ends the waiting."""
    arguments = ["agreement", "rings", BRIDGE, "--journal", JOURNAL, "--as-of"]
    assert "Ring:" in call(*arguments, "2025-01-31")[1]
    assert "Nobody waits in a circle, and all demands can be met together." in call(*arguments, "2025-02-01")[1]


@pytest.mark.parametrize(
    ("holders", "clashes"), [(["text"], 0), (["south"], 0), (["north"], 1), (["north", "south"], 2)]
)
def test_rings_of_some_holders_with_deadlines(call, holders, clashes):
    """--holder takes the agreed text and the demands of those named."""
    options = [part for holder in holders for part in ("--holder", holder)]
    _, out, _ = call("agreement", "rings", BRIDGE, "--as-of", "2025-01-12", "--with-deadlines", "--json", *options)
    assert clashes == len(json.loads(out)["clashes"])


def test_schema_is_json(call):
    """The schema for editors, on stdout."""
    code, out, _ = call("agreement", "schema")
    assert (code, json.loads(out)["$id"]) == (0, "urn:quittance:schema:agreement:1")


def test_status_in_words_and_json(call):
    """A table with one row a commitment; the same as JSON with every key of its format."""
    question = ["agreement", "status", BRIDGE, "--journal", JOURNAL, "--as-of", "2025-02-01"]
    code, out, _ = call(*question)
    rows = {line.split()[0]: line for line in out.splitlines() if line}
    assert (code, "40 of 100 persons" in rows["first"]) == (0, True)
    assert "overdue" in rows["first"]
    found = json.loads(call(*question, "--json")[1])
    assert (
        found["format"],
        [one["id"] for one in found["commitments"]],
        found["journal_entries"],
    ) == ("quittance-status/1", ["first", "talks", "order-start", "order-rest"], 4)


def test_status_as_it_was_known_then(call):
    """The attestation of the 16th does not exist for a question asked on the 15th, and the interval says so."""
    question = ["agreement", "status", BRIDGE, "--journal", JOURNAL, "--as-of", "2025-01-15"]
    assert "0..40 of 40 persons" in call(*question)[1]
    assert "40 of 40 persons" in call(*question, "--known-by", "2025-01-16")[1]


def test_status_in_a_partys_reading(call):
    """In South's reading the talks wait for the release."""
    _, out, _ = call("agreement", "status", BRIDGE, "--as-of", "2025-01-12", "--party", "south", "--json")
    found = json.loads(out)
    (talks,) = (one for one in found["commitments"] if one["id"] == "talks")
    assert (found["party"], talks["blocked_by"]) == ("south", ["complete:first"])


# --- wrong input: exit 2, a reason on stderr, nothing on stdout -------------------------------------------------------

STATUS = ("status", "--as-of", "2025-01-12")

REFUSED = [
    (("lint",), "a: [1\nb: }", "this is not YAML"),
    (("lint",), "", "The file is empty"),
    (("lint",), b"\xff\xfe", "not UTF-8 text"),
    (("lint",), "a: \x00", "a character that YAML does not allow (U+0000)"),
    (STATUS, "a: [1\nb: }", "this is not YAML"),
    (STATUS, SOUND.replace("id: bridge", "id: bridge\nid: bridge"), "line 4: id: the key `id` stands here again"),
    (
        STATUS,
        SOUND.replace("title: The bridge", "title: no\nlists: {l: {from: north, to: south, agreed: no}}"),
        "`no` is not true or false",
    ),
    (STATUS, SOUND.replace("to: host", "to: hots"), "unknown party `hots`"),
    (STATUS, SOUND.replace("of: pact", "of: pcat", 1), "unknown instrument `pcat`"),
    (STATUS, SOUND.replace("start: 2025-01-01, ", ""), "calendar: `start` is missing"),
    (STATUS, SOUND.replace("by: day 30", "by: 31/1/2025", 1), '"31/1/2025" is not a date'),
    (STATUS, SOUND.replace("exactly: 100", "exactly: -100"), "`-100`: Input should be greater than or equal to 0"),
    (STATUS, SOUND.replace("quittance-agreement/1", "quittance-agreement/9"), "unknown format `quittance-agreement/9`"),
    (STATUS, SOUND.replace("title: The bridge", "title: ~"), "no value stands here"),
    (STATUS, SOUND.replace("exactly: 40", "exactly: 040"), "040 can be read as different numbers"),
]


@pytest.mark.parametrize(
    ("command", "content", "words"), REFUSED, ids=[row[2][:30].replace(" ", "-") for row in REFUSED]
)
def test_a_wrong_file_is_refused(call, file, command, content, words):
    """Exit 2, nothing on stdout, and a reason that names the place."""
    code, out, err = call("agreement", command[0], file(content), *command[1:])
    assert (code, out) == (2, "")
    assert words in err


JOURNALS = [
    ('{"id":"n1","at":"2025-01-15","kind":"event","name":"x"}', "entry `n1` stands here again (first on line 2) [J01]"),
    (
        '{"id":"n9","at":"2025-01-15","kind":"perform","of":["first"],"n":-3,"by":"north"}',
        "`n` is -3; a figure is 0 or more",
    ),
    ('{"id":"n9","at":"2025-01-15","kind":"prefrom","of":["first"],"n":3,"by":"north"}', "unknown kind `prefrom`"),
    ('{"id":"n9","kind":"event","name":"x"}', "the entry lacks required field `at`"),
    ('{"id":"n9","at":"2025-1-15","kind":"event","name":"x"}', '"2025-1-15" is not a date'),
    ("{", "not JSON"),
]


@pytest.mark.parametrize(("line", "words"), JOURNALS, ids=[row[1][:24].replace(" ", "-") for row in JOURNALS])
def test_a_wrong_journal_is_refused(call, tmp_path, line, words):
    """One bad line refuses the whole, with the number of the line."""
    path = tmp_path / "journal.jsonl"
    path.write_text(Path(JOURNAL).read_text() + line + "\n")
    code, out, err = call("agreement", "status", BRIDGE, "--as-of", "2025-01-15", "--journal", str(path))
    assert (code, out) == (2, "")
    assert "Nothing was taken. [journal.refused]\n  line 6: " in err
    assert words in err


def test_a_journal_of_another_agreement_is_refused(call, tmp_path):
    """It is named, and so is the agreement."""
    path = tmp_path / "journal.jsonl"
    path.write_text('{"format":"quittance-journal/1","agreement":"tunnel"}\n')
    code, out, err = call("agreement", "status", BRIDGE, "--as-of", "2025-01-15", "--journal", str(path))
    assert (code, out, "is the journal of `tunnel`, and this agreement is `bridge`" in err) == (2, "", True)


@pytest.mark.parametrize("command", ["lint", "status"])
def test_fifty_megabytes_of_garbage_are_refused_unread(call, tmp_path, command):
    """A file that is far too large is refused by its size, before anything is read or parsed."""
    path = tmp_path / "garbage.yaml"
    with path.open("wb") as file:
        file.truncate(50 * 1024 * 1024)
    code, out, err = call("agreement", command, str(path), *(["--as-of", "2025-01-12"] if command == "status" else []))
    assert (code, out, "has more than 1,048,576 bytes" in err) == (2, "", True)


def test_many_problems_are_cut_to_twenty(call, file):
    """Twenty rows, then how many more."""
    text = SOUND + "".join(f"unknown-{number}: 1\n" for number in range(30))
    _, _, err = call("agreement", "status", file(text), "--as-of", "2025-01-12")
    assert (len(err.splitlines()), err.splitlines()[-1]) == (22, "  and 10 more")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["lint", "."], ". is a folder. Name a file in it. [file.folder]"),
        (["lint", "no-such-file.yaml"], "no-such-file.yaml: there is no such file."),
        (["lint", "a\0b"], "not the name of a file"),
        (
            ["rings", BRIDGE, "--as-of", "12/1/2025"],
            '--as-of: "12/1/2025" is not a date. Write 2020-03-31. [usage.date]',
        ),
        (["rings", BRIDGE, "--as-of", "2025-02-30"], "is a date that does not exist"),
        (["status", BRIDGE, "--as-of", "2025-01-12T10:00"], "Write 2025-10-10T12:00:00+03:00, with the offset."),
        (["status", BRIDGE, "--as-of", "2025-01-12", "--known-by", "soon"], '--known-by: "soon" is not a date'),
        (["status", BRIDGE, "--as-of", "2025-01-12", "--party", "soth"], "unknown party `soth`; did you mean `south`?"),
        (
            ["rings", BRIDGE, "--as-of", "2025-01-12", "--holder", "x"],
            "unknown party `x`. Parties: north, south, host, watch.",
        ),
        (["rings", BRIDGE], "Missing option '--as-of'"),
        (["lint"], "Missing argument 'FILE'"),
        (["lnit", BRIDGE], "No such command 'lnit'. Did you mean 'lint'?"),
        (["lint", BRIDGE, "--jsno"], "No such option: --jsno"),
    ],
)
def test_wrong_use(call, arguments, words):
    """Exit 2, nothing on stdout, and what to write instead."""
    code, out, err = call("agreement", *arguments)
    assert (code, out) == (2, "")
    assert words in err


# --- the command as a whole -------------------------------------------------------------------------------------------


def test_help_lists_every_command_of_the_table(call):
    """Names and one line each, without importing any of them."""
    code, out, _ = call("--help")
    assert (code, [row.name for row in COMMANDS if f"  {row.name} " not in out]) == (0, [])


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(arguments):
    """Help needs no model, no decoder, no parser and no framework."""
    program = (
        "import sys; from quittance.cli.main import run; code = run(sys.argv[1:]); "
        "print(code, sorted({'pydantic', 'msgspec', 'ruamel', 'rich', 'django', 'cryptography'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", program, *arguments], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "0 []"


def test_a_fault_of_the_program_shows_no_trace(call, monkeypatch):
    """Exit 2, the kind of the error without its text, and how to see the trace; with QUITTANCE_DEBUG it is raised."""

    def fail(*_):
        raise ZeroDivisionError("the name of a person")

    monkeypatch.delenv("QUITTANCE_DEBUG", raising=False)
    monkeypatch.setattr("quittance.agreement.schema.agreement_schema", fail)
    code, out, err = call("agreement", "schema")
    assert (code, out, "person" in err.replace("personal data", "")) == (2, "", False)
    assert err.startswith(
        "Quittance failed unexpectedly (ZeroDivisionError) [internal]. Run it again with QUITTANCE_DEBUG=1"
    )
    monkeypatch.setenv("QUITTANCE_DEBUG", "1")
    with pytest.raises(ZeroDivisionError):
        run(["agreement", "schema"])


def test_a_missing_extra_is_named(call, monkeypatch):
    """A command that needs an uninstalled extra says how to install it."""

    def fail(*_):
        raise ModuleNotFoundError("no django", name="django.core")

    monkeypatch.setattr("quittance.agreement.schema.agreement_schema", fail)
    code, out, err = call("agreement", "schema")
    assert (code, out, err) == (
        2,
        "",
        'This command needs an extra that is not installed: pip install "quittance[web]"\n',
    )


def test_an_interruption_is_quiet(call, monkeypatch):
    """Ctrl-C: exit 130 without a word."""

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("quittance.agreement.schema.agreement_schema", interrupt)
    assert call("agreement", "schema") == (130, "", "")


@pytest.mark.parametrize("columns", [40, 200])
def test_a_table_is_never_cut(call, monkeypatch, columns):
    """Where the terminal is too narrow for the columns, each commitment has lines of its own, with every figure."""
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    monkeypatch.setenv("COLUMNS", str(columns))
    code, out, _ = call("agreement", "status", BRIDGE, "--as-of", "2025-01-12")
    assert code == 0
    assert ("\n  status: due" in out) == (columns == 40)
    assert max(map(len, out.splitlines()[2:])) <= columns
    assert all(total in out for total in ("of 100 persons", "of 1 opening", "of 40 persons", "of 60 persons"))


@pytest.mark.parametrize(
    ("redirect", "expected"),
    [
        (">&-", (0, "")),
        pytest.param(
            "> /dev/full",
            (2, "The system refused: No space left on device. [system]\n"),
            marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full"),
        ),
    ],
)
def test_output_that_nobody_takes(redirect, expected):
    """Standard output that is closed is no fault; a full disk behind it is said. No trace in either case."""
    command = f'"{sys.executable}" -m quittance.cli.main --version {redirect}'
    done = subprocess.run(["sh", "-c", command], stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, done.stderr) == expected


def test_a_reader_that_goes_away_is_no_fault():
    """`quittance agreement schema | head -1` ends without a trace."""
    program = [sys.executable, "-m", "quittance.cli.main", "agreement", "schema"]
    done = subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    done.stdout.close()
    assert done.stderr.read() == b""
    done.stderr.close()
    assert done.wait() == 1
