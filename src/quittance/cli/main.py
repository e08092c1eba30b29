"""The `quittance` command: the table of its commands, and the one place where errors become exit codes.

To add a command, write a function in the module of its group in this package (or a `typer.Typer` for a group of
commands), with everything but typer imported inside it, and add a row to `COMMANDS`. The module is imported when the
command is used, so `quittance --help` stays fast whatever the commands need.

Exit codes: 0 done, 1 refused by a rule or failed verification, 2 wrong use or unreadable input, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from quittance.errors import QuittanceError

if TYPE_CHECKING:
    from typer._click import Command as ClickCommand
    from typer._click import Context as ClickContext

MAX_ROWS = 20


class CommandRow(NamedTuple):
    """A command or group of commands: its name, where it is (a function, or a `typer.Typer`), and its line of help."""

    name: str
    module: str
    attribute: str
    help: str


COMMANDS = (
    CommandRow("demo", "quittance.cli.demo", "demo", "Build the Afghan case of 2020 and open its pages."),
    CommandRow("init", "quittance.cli.case", "init", "Make a case from an agreement file."),
    CommandRow("import", "quittance.cli.case", "imports", "Bring what happened into a case."),
    CommandRow("status", "quittance.cli.case", "status", "Say where the agreement stands on a day."),
    CommandRow("timeline", "quittance.cli.case", "timeline", "Say what happened day by day."),
    CommandRow("brief", "quittance.cli.case", "brief", "Print a briefing of a day."),
    CommandRow("serve", "quittance.cli.case", "serve", "Show the case in a browser, here only."),
    CommandRow("record", "quittance.cli.record", "app", "Write, check and prove the record."),
    CommandRow("key", "quittance.cli.keys", "app", "Make, enrol, rotate and revoke keys."),
    CommandRow("sign", "quittance.cli.sign", "sign", "Look at a statement and sign it, offline."),
    CommandRow("vault", "quittance.cli.vault", "app", "Keep, disclose and erase personal data."),
    CommandRow("people", "quittance.cli.people", "app", "Match people across lists, judge matches, ask the register."),
    CommandRow("batch", "quittance.cli.batch", "app", "Choose who goes next, by the rules; change, close."),
    CommandRow("seed", "quittance.cli.seed", "app", "Draw the seed that decides between people alike."),
    CommandRow("handover", "quittance.cli.handover", "app", "Clear people, attest a handover, see all add up."),
    CommandRow(
        "claims", "quittance.cli.claims", "app", "Read public reports: who claims what, and how it fits together."
    ),
    CommandRow("names", "quittance.cli.names", "app", "Match lists of people, on files alone."),
    CommandRow("exposure", "quittance.cli.exposure", "exposure", "Say who has given more than it got, in points."),
    CommandRow("agreement", "quittance.cli.agreement", "app", "Check an agreement file; ask what it says on a day."),
)

EXTRAS = {
    **{"django": "web", "whitenoise": "web", "pyrage": "vault", "shamir_mnemonic": "vault", "psycopg": "postgres"},
    **dict.fromkeys(("numpy", "numba", "rapidfuzz", "scipy", "anyascii", "duckdb"), "people"),
    **dict.fromkeys(("jdatetime", "convertdate", "hijridate"), "people"),
    **{"lxml": "html", "trafilatura": "html", "pypdf": "pdf"},
    **{"highspy": "select", "ortools": "solver", "segno": "paper", "drand_verify": "beacon"},
}
"""Packages that not every installation has -> the extra that brings them."""


def load_command(row: CommandRow) -> ClickCommand:
    """Import the module of a row and make its command."""
    found = getattr(import_module(row.module), row.attribute)
    if isinstance(found, typer.Typer):
        group = found
    else:
        group = typer.Typer(add_completion=False, rich_markup_mode=None)
        group.command(row.name)(found)
    command = get_command(group)
    command.name = row.name
    return command


class LazyGroup(TyperGroup):
    """A group that knows the names and help of its commands, and imports one only to run it."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        for row in COMMANDS:
            self.add_command(TyperCommand(row.name, help=row.help, rich_markup_mode=None))

    def resolve_command(self, ctx: ClickContext, args: list[str]) -> tuple[str | None, ClickCommand | None, list[str]]:
        """The command that the arguments name, loaded."""
        name, command, rest = super().resolve_command(ctx, args)
        loaded = next((load_command(row) for row in COMMANDS if row.name == name), command)
        return name, loaded, rest


app = typer.Typer(
    name="quittance",
    cls=LazyGroup,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"quittance {version('quittance')}")
        raise typer.Exit


@app.callback()
def quittance(
    version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """The record that a neutral runs while warring parties release people under an agreement."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit code; what went wrong is on stderr, and nothing of it on stdout."""
    try:
        get_command(app)(list(arguments), prog_name="quittance")
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else int(done.code is not None)
    except QuittanceError as error:
        for line in error_lines(error):
            print(line, file=sys.stderr)
        return error.exit_code
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            return _unexpected(error)
        print(f'This command needs an extra that is not installed: pip install "quittance[{extra}]"', file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return _reader_gone()
    except OSError as error:
        return _system_refused(error)
    except Exception as error:
        return _unexpected(error)
    return 0


def error_lines(error: QuittanceError) -> list[str]:
    """An error as printed: its message with its code, and at most 20 of the problems behind it."""
    rows = [f"  {problem}" for problem in error.problems[:MAX_ROWS]]
    if len(error.problems) > MAX_ROWS:
        rows.append(f"  and {len(error.problems) - MAX_ROWS:,} more")
    return [f"{error.message} [{error.code}]", *rows]


def _unexpected(error: Exception) -> int:
    """A fault of the program. Its text may hold anything, so only its kind is printed."""
    if os.environ.get("QUITTANCE_DEBUG"):
        raise error
    print(
        f"Quittance failed unexpectedly ({type(error).__name__}) [internal]. Run it again with QUITTANCE_DEBUG=1 for "
        "the trace, and report it without any personal data.",
        file=sys.stderr,
    )
    return 2


def _system_refused(error: OSError) -> int:
    """What the system would not do, without a path, which may say too much."""
    print(f"The system refused: {error.strerror or type(error).__name__}. [system]", file=sys.stderr)
    return 2


def _reader_gone() -> int:
    """Whoever read the output has closed it, as `head` does; the rest is dropped without a word."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 1


def main() -> None:
    """Entry point of the `quittance` script."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started the program
            setattr(sys, name, Path(os.devnull).open("w"))  # noqa: SIM115 - for as long as the program runs
    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = _reader_gone()
    except OSError as error:
        _reader_gone()
        code = _system_refused(error)
    sys.exit(code)


if __name__ == "__main__":
    main()
