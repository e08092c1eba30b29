"""The one door to the compiler: `jit` compiles a numeric loop where numba is installed, and leaves it as it is
elsewhere.

The loops are written so that both ways give the same result to the last digit; without numba they are some
hundred times slower. Nothing but numpy arrays and numbers goes through a compiled loop, and it runs without the
interpreter's lock.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Final, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., object])

COMPILED: Final = find_spec("numba") is not None

LOOPS: Final = ("names", "matching", "overlap")
"""The packages of `quittance.people` that have compiled loops."""


def jit(loop: Loop) -> Loop:
    """The loop compiled, with its machine code kept beside the source where that folder can be written."""
    if not COMPILED:  # the people extra without a compiler: same results, slowly
        return loop
    import numba

    if folder := _folder():
        numba.config.CACHE_DIR = folder  # type: ignore[attr-defined]
    try:
        return cast(Loop, numba.njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # no folder to keep machine code in: compile once per process
        return cast(Loop, numba.njit(nogil=True)(loop))


@cache
def _folder() -> str:
    """Where machine code of exactly these sources is kept.

    numba itself looks only at the file of a loop, not at those of the loops that it calls, and would go on using what
    was compiled from an older one.
    """
    package = files("quittance.people")
    sources = sorted(
        (f"{name}/{source.name}", source.read_bytes())
        for name in LOOPS
        for source in package.joinpath(name).iterdir()
        if source.name.endswith(".py")
    )
    digest = hashlib.sha256(b"".join(name.encode() + b"\0" + text for name, text in sources)).hexdigest()
    return str(package.joinpath("__pycache__", f"loops-{digest[:16]}"))
