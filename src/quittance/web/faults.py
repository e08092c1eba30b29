"""How a fault of the program is printed: where it happened and of what kind, and not a word of what it was about.

The message of an exception and the values around it may hold a name; the lines of the program do not.
"""

from __future__ import annotations

import logging
import traceback
from types import TracebackType
from typing import TypeAlias

Raised: TypeAlias = "tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]"


class Careful(logging.Formatter):
    """Prints the kinds of the exceptions, the first cause first, and the places in the program they came through."""

    def formatException(self, ei: Raised) -> str:
        """One line for each place, one for each exception; no message."""
        lines: list[str] = []
        error = ei[1]
        while error is not None and len(lines) < 500:
            places = traceback.extract_tb(error.__traceback__)
            lines = [*(f"  {one.filename}:{one.lineno} {one.name}" for one in places), type(error).__name__, *lines]
            error = error.__cause__ or error.__context__
        return "\n".join(lines)
