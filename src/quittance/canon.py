"""Canonical bytes: one JSON value has exactly one spelling (RFC 8785), so that it can be hashed, signed and compared.

Only integers, strings, booleans, null, lists and objects have a spelling here. RFC 8785 also prints fractions, but two
programs seldom agree on them, so a fraction is refused in both directions.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, NoReturn, TypeAlias, TypeVar

import msgspec
import rfc8785
from msgspec import Meta

from quittance.errors import UnreadableError

MAX_DEPTH = 16
"""Lists and objects may lie inside each other this deep; a lone scalar has depth 0."""

MAX_INTEGER = 2**53 - 1
"""The largest integer that every JSON reader keeps exact; a longer number is written as a string."""


T = TypeVar("T")

Scalar: TypeAlias = bool | Annotated[int, Meta(ge=-MAX_INTEGER, le=MAX_INTEGER)] | str
_Flat: TypeAlias = Scalar | list[Scalar] | dict[str, Scalar]
_Nested: TypeAlias = Scalar | list[_Flat] | dict[str, _Flat]
Plain: TypeAlias = Scalar | list[_Nested] | dict[str, _Nested]
"""What `read_canonical` may find where a format leaves the form open: three levels without null."""


class CanonError(UnreadableError):
    """A value has no canonical form, or a text is not in it; `code` says which rule of RFC 8785 or of intake failed."""

    code = "canon.syntax"


def canonical(value: object) -> bytes:
    """The RFC 8785 bytes of `value`; tuples are written as lists.

    Raises `CanonError` for fractions, keys that are not text, integers beyond +/-(2^53-1), lone surrogates, types that
    JSON does not have, and more than 16 levels.

    >>> canonical({"b": 1, "a": [True, None]})
    b'{"a":[true,null],"b":1}'
    """
    ascii_keys = _examine(value, 0)
    try:
        # Sorting by UTF-16 code units differs from sorting by code points only for keys beyond ASCII. For all others
        # the faster encoder prints the same bytes; a property test compares the two.
        return msgspec.json.encode(value, order="sorted") if ascii_keys else rfc8785.dumps(value)  # type: ignore[arg-type]
    except (UnicodeEncodeError, rfc8785.CanonicalizationError):  # after _examine, rfc8785 refuses nothing else
        raise CanonError(_SURROGATE, code="canon.lone_surrogate") from None


def parse_canonical(data: bytes) -> object:
    """The value that `data` spells, if `data` is exactly its canonical form.

    Raises `CanonError` with the rule that is broken: not UTF-8, a byte order mark, a repeated key, a fraction, an
    exponent, NaN or -0, an integer or depth out of range, a lone surrogate, or another spelling than the canonical one.

    >>> parse_canonical(b'{"a":2,"b":1}')
    {'a': 2, 'b': 1}
    """
    try:
        value: object = msgspec.json.decode(data)
        if canonical(value) == data:
            return value
    except (CanonError, ValueError, RecursionError, msgspec.MsgspecError):
        pass  # the slow reader below names the reason
    raise _why_refused(data)


def read_canonical(data: bytes, decoder: msgspec.json.Decoder[T]) -> T | None:
    """The quick reader of a known form: what `data` spells, or None where it cannot tell that `data` is canonical.

    The type of `decoder` must be made of structs, `Plain`, and texts, booleans, bounded integers and bytes (as base64)
    in lists and dicts. Such a type has no place for a fraction and ends before 16 levels, so bytes that the encoder
    prints again from the value are canonical: no second spelling of a number, text, key or base64 comes back.
    """
    # The encoder sorts keys by code points; UTF-16 sorts otherwise only beyond U+FFFF, where UTF-8 has a byte from F0.
    if not data.isascii() and _BEYOND_BMP.search(data):
        return None
    try:
        value = decoder.decode(data)
    except ValueError:  # every refusal of msgspec is one
        return None
    return value if _SORTED.encode(value) == data else None


_SORTED = msgspec.json.Encoder(order="sorted")
_BEYOND_BMP = re.compile(rb"[\xf0-\xff]")
_SURROGATE = "A text contains half of a surrogate pair, which UTF-8 cannot hold. Send the whole character."
_DEPTH = f"Lists and objects lie more than {MAX_DEPTH} levels deep. Flatten the value."
_RANGE = "An integer lies outside +/-(2^53-1), where JSON readers disagree. Write it as a string."
_FLOAT = "A number has a fraction or an exponent. Write a plain integer, or a string."


def _examine(value: object, depth: int) -> bool:
    """Whether every key inside `value` is ASCII; raises `CanonError` for what has no canonical form."""
    if type(value) is str or type(value) is bool or value is None:
        return True
    if type(value) is int:
        if not -MAX_INTEGER <= value <= MAX_INTEGER:
            raise CanonError(_RANGE, code="canon.integer_range")
        return True
    if depth == MAX_DEPTH and type(value) in (dict, list, tuple):
        raise CanonError(_DEPTH, code="canon.depth")
    ascii_keys = True
    if type(value) is dict:
        for key, member in value.items():
            if type(key) is not str:
                raise CanonError(f"An object has a key of type {type(key).__name__}. Use text.", code="canon.key")
            if not key.isascii():
                ascii_keys = False
            if type(member) is not str:  # most members are texts, and those need no visit
                ascii_keys = _examine(member, depth + 1) and ascii_keys
        return ascii_keys
    if type(value) is list or type(value) is tuple:
        for member in value:
            ascii_keys = _examine(member, depth + 1) and ascii_keys
        return ascii_keys
    if type(value) is float:
        raise CanonError(_FLOAT, code="canon.float")
    name = type(value).__name__
    raise CanonError(f"JSON has no value of type {name}. Turn it into text or a number.", code="canon.type")


def _why_refused(data: bytes) -> CanonError:
    """The first rule that `data` breaks, found with the slower reader that can see every rule."""
    if data.startswith(b"\xef\xbb\xbf"):
        return CanonError("The text starts with a byte order mark. Remove its first three bytes.", code="canon.bom")
    try:
        value = json.loads(
            data.decode("utf-8"),
            object_pairs_hook=_object,
            parse_int=_integer,
            parse_float=_no_float,
            parse_constant=_no_constant,
        )
        spelling = canonical(value)
    except CanonError as error:
        return error
    except UnicodeDecodeError as error:
        return CanonError(f"Byte {error.start} is not UTF-8. Send the text as UTF-8.", code="canon.encoding")
    except json.JSONDecodeError as error:
        return CanonError(f"Character {error.pos} is not JSON ({error.msg}).", code="canon.syntax")
    except RecursionError:
        return CanonError(_DEPTH, code="canon.depth")
    pairs = zip(data, spelling, strict=False)
    same = next((at for at, (a, b) in enumerate(pairs) if a != b), min(len(data), len(spelling)))
    return CanonError(
        f"The text is JSON, but not in canonical form (RFC 8785) from byte {same} on. Send the canonical bytes.",
        code="canon.not_canonical",
    )


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise CanonError("An object names one key twice. Keep one of them.", code="canon.duplicate_key")
    return members


def _integer(digits: str) -> int:
    if digits == "-0":
        raise CanonError("A number is -0. Write 0.", code="canon.negative_zero")
    if len(digits) > len(str(-MAX_INTEGER)):  # also keeps int() from working through a million digits
        raise CanonError(_RANGE, code="canon.integer_range")
    return int(digits)


def _no_float(_: str) -> NoReturn:
    raise CanonError(_FLOAT, code="canon.float")


def _no_constant(name: str) -> NoReturn:
    raise CanonError(f"{name} is not a JSON value. Leave the member out.", code="canon.constant")
