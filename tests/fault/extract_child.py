"""A child that extracts the claims of a folder: extract_child.py FOLDER OUT JOBS [SECONDS between two marks].

It says on its standard output how many files are done, each time that some more are.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from tests.extracted import VERSION, make_stand_in

from quittance.engines.extraction import extract_files
from quittance.engines.report_claims import Settings
from quittance.files.reports import find_reports


def main() -> None:
    """Run to the end, unless killed."""
    folder, out, jobs, seconds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])
    extract_files(
        partial(find_reports, [folder]),
        out,
        Settings(series=False),
        version=VERSION,
        jobs=jobs,
        make=make_stand_in,
        seconds=seconds,
        show=lambda done, _: print(done, flush=True),
    )


if __name__ == "__main__":
    main()
