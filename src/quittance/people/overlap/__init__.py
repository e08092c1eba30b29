"""Overlap without disclosure: how many people two lists share, from filters that hold no name.

Each side encodes its own list under a secret that the two sides share (`encoding`); a neutral who does not know the
secret compares the two encodings (`comparing`) and learns how large the overlap is and which row numbers pair. `LIMITS`
says what this does not protect from; the commands print it every time.
"""

from quittance.people.overlap.comparing import Overlap, Pair, compare
from quittance.people.overlap.encoding import FIELDS, LIMITS, Encoding, OverlapError, derive_key, encode, read_encoding

__all__ = [
    "FIELDS",
    "LIMITS",
    "Encoding",
    "Overlap",
    "OverlapError",
    "Pair",
    "compare",
    "derive_key",
    "encode",
    "read_encoding",
]
