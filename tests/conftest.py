"""What all tests share: one line at the end of a run for what could not be tested on this machine."""

import pytest
from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # how long an example takes says nothing on a busy machine
settings.load_profile("untimed")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say once that the tests of the PostgreSQL store were skipped, and what to install."""
    reasons = [str(report.longrepr) for report in terminalreporter.stats.get("skipped", [])]
    if count := sum("PostgreSQL is not installed" in reason for reason in reasons):
        terminalreporter.write_line(
            f"Skipped {count} tests of the PostgreSQL store: there is none (Debian: apt-get install postgresql)."
        )
