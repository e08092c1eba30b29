"""A private PostgreSQL for tests: made in a temporary folder, reached through a socket in it, stopped with the run.

It listens to no network and flushes as in production. PostgreSQL refuses to run as root, so it then runs as another
user. The programs are looked for below QUITTANCE_POSTGRESQL, in Debian's folders and on the PATH.
"""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from functools import cache
from itertools import count
from pathlib import Path

import psycopg
import pytest

from quittance.record.postgres import PostgresStore
from quittance.record.rules import admit_form

MISSING = (
    "PostgreSQL is not installed (Debian: apt-get install postgresql); QUITTANCE_POSTGRESQL=folder names another place."
)
_PATIENCE = 60
_databases = count(1)


def programs() -> Path | None:
    """The folder with initdb and postgres, the newest version first; None if there is none."""
    chosen = os.environ.get("QUITTANCE_POSTGRESQL")
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda folder: -int(folder.parent.name) if folder.parent.name.isdigit() else 0)
    on_path = [Path(found).resolve().parent for found in [shutil.which("postgres")] if found]
    folders = [Path(chosen)] if chosen else [*newest_first, *on_path]
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "postgres").exists()), None)


def require_programs() -> Path:
    """The folder of the programs; without one the test is skipped, or fails when CI=true."""
    found = programs()
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING, pytrace=False)
        pytest.skip(MISSING)
    return found


class Server:
    """One PostgreSQL cluster of its own, started on making it."""

    def __init__(self) -> None:
        self.programs = require_programs()
        self.folder = Path(tempfile.mkdtemp(prefix="quittance-postgresql-", dir=_quick_place()))
        self._user = _other_user()
        if self._user:
            shutil.chown(self.folder, self._user)
        self.run("initdb", "-D", "data", "-U", "quittance", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        """Where the database for administration is."""
        return self.address_of("postgres")

    def address_of(self, database: str) -> str:
        """The connection string of a database of this server."""
        return f"host={self.folder} dbname={database} user=quittance"

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"test{next(_databases)}"
        self.sql(f"create database {name} template template0")  # the other template may be in use for a moment
        return self.address_of(name)

    def sql(self, statement: str) -> None:
        """Run one statement as the administrator."""
        with psycopg.connect(self.address, autocommit=True) as connection:
            connection.execute(statement.encode())

    def run(self, program: str, *arguments: str) -> bytes:
        """Run one of the programs in the folder of this server; gives what it wrote to standard output."""
        done = subprocess.run(
            [self.programs / program, *arguments], cwd=self.folder, user=self._user, capture_output=True, check=False
        )
        assert done.returncode == 0, f"{program}: {done.stderr.decode()}"
        return done.stdout

    def start(self, *settings: str) -> None:
        """Start the server, also after it was killed, and wait until it answers; `settings` are like "fsync=off"."""
        given = ["listen_addresses=", f"unix_socket_directories={self.folder}", "max_wal_size=64MB", *settings]
        command: list[str | Path] = [
            self.programs / "postgres",
            "-D",
            "data",
            *(word for one in given for word in ("-c", one)),
        ]
        end = time.monotonic() + _PATIENCE
        while True:
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(command, cwd=self.folder, user=self._user, stdout=log, stderr=log)
            while self._process.poll() is None:
                try:
                    psycopg.connect(self.address).close()
                except psycopg.OperationalError:
                    assert time.monotonic() < end, (self.folder / "log").read_text()[-2000:]
                    time.sleep(0.05)
                else:
                    return
            # After a kill the old server processes may take a moment to notice that they are alone.
            assert time.monotonic() < end, (self.folder / "log").read_text()[-2000:]
            time.sleep(0.1)

    def kill(self) -> None:
        """Kill the postmaster as the kernel would: no checkpoint, no farewell to clients."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(_PATIENCE)

    def stop(self) -> None:
        """Stop the server at once and remove everything."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(_PATIENCE)
        shutil.rmtree(self.folder, ignore_errors=True)


class FormPostgres(PostgresStore):
    """A store in PostgreSQL that asks only for the form of a leaf (see `tests.stores`)."""

    judge = staticmethod(admit_form)


@cache
def shared_server() -> Server:
    """The server that all tests of a run share; who kills or stops one makes his own."""
    server = Server()
    atexit.register(server.stop)
    return server


def _quick_place() -> Path | None:
    """A folder in memory where there is room: these servers die with their processes, not with the power."""
    place = Path("/dev/shm")
    return place if place.is_dir() and shutil.disk_usage(place).free > 1 << 30 else None


def _other_user() -> str | None:
    """Whom to run as: nobody else, unless this is root."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in names)
