"""Reading an input from disk: all of it or a reason why not, and never more than its kind may have."""

from __future__ import annotations

from pathlib import Path

from quittance.errors import UnreadableError

AGREEMENT_LIMIT = 1024 * 1024
JOURNAL_LIMIT = 512 * 1024 * 1024

_CHUNK = 1024 * 1024


def read_file(path: Path | str, limit: int) -> bytes:
    """The content of a file of at most `limit` bytes; a file known to be larger is not read at all.

    Raises `UnreadableError` with the code `file.missing`, `file.folder`, `file.denied`, `file.too_large` or
    `file.unreadable`.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            # A pipe has no size beforehand, so what comes is counted as well.
            size = path.stat().st_size
            data = bytearray()
            while size <= limit and (chunk := file.read(min(_CHUNK, limit + 1 - len(data)))):
                data += chunk
                size = max(size, len(data))
    except FileNotFoundError:
        raise UnreadableError(f"{path}: there is no such file. Check the spelling.", code="file.missing") from None
    except IsADirectoryError:
        raise UnreadableError(f"{path} is a folder. Name a file in it.", code="file.folder") from None
    except PermissionError:
        raise UnreadableError(f"{path}: you may not read this file. Ask its owner.", code="file.denied") from None
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not the name of a file"
        raise UnreadableError(f"{str(path)!r} cannot be read: {reason}.", code="file.unreadable") from None
    if size > limit:
        raise UnreadableError(
            f"{path} has more than {limit:,} bytes, which is the most that such a file may have. Nothing was read; "
            "check that it is the right file.",
            code="file.too_large",
        )
    return bytes(data)
