"""Extracts the claims of a folder and prints its memory in KiB at the start, the middle and the end, and the claims.

Run by `bench.claims`, in a process of its own: python -m bench.claims_memory FOLDER OUT CONFLICT
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from quittance.engines.extraction import extract_files
from quittance.engines.report_claims import Settings
from quittance.files.reports import find_reports


def resident() -> int:
    """KiB of memory that this process holds now."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmRSS:")[2].split()[0])


def main() -> None:
    """Run, and print."""
    seen: list[int] = []

    def show(done: int, total: int) -> None:
        if len(seen) < 1 or (len(seen) == 1 and done * 2 >= total) or done == total:
            seen.append(resident())

    folder, out, conflict = sys.argv[1:4]
    settings = Settings(conflict=conflict, series=False)
    tally = extract_files(partial(find_reports, [folder]), Path(out), settings, version="bench", show=show)
    print(seen[0], seen[1], seen[-1], tally.claims)


if __name__ == "__main__":
    main()
