"""The one door to the compiler: `jit` compiles a numeric loop where numba is installed, and leaves it as it is
elsewhere.

The loops are written so that both ways give the same result to the last digit; without numba they are some
hundred times slower. Nothing but numpy arrays and numbers goes through a compiled loop, and it runs without the
interpreter's lock.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import Final, TypeVar, cast

Loop = TypeVar("Loop", bound=Callable[..., object])

COMPILED: Final = find_spec("numba") is not None


def jit(loop: Loop) -> Loop:
    """The loop compiled, with its machine code kept beside the source where that folder can be written."""
    if not COMPILED:  # the people extra without a compiler: same results, slowly
        return loop
    import numba

    try:
        return cast(Loop, numba.njit(cache=True, nogil=True)(loop))
    except RuntimeError:  # no folder to keep machine code in: compile once per process
        return cast(Loop, numba.njit(nogil=True)(loop))
