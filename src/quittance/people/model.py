"""A list entry: one line of a list that a side hands over, its fields as they were written."""

from __future__ import annotations

from dataclasses import dataclass, field, fields


@dataclass(frozen=True, slots=True)
class ListEntry:
    """One line of a list, each field as written; "" means not given, which is never evidence of anything.

    Only `pid`, the list's own row id, is shown by `repr`: the rest is personal and must not reach a log.
    """

    pid: str
    name: str = field(repr=False)
    aliases: str = field(default="", repr=False)
    kunya: str = field(default="", repr=False)
    father: str = field(default="", repr=False)
    grandfather: str = field(default="", repr=False)
    birth: str = field(default="", repr=False)
    sex: str = field(default="", repr=False)
    province: str = field(default="", repr=False)
    district: str = field(default="", repr=False)
    village: str = field(default="", repr=False)
    tribe: str = field(default="", repr=False)
    prisoner_no: str = field(default="", repr=False)
    authority: str = field(default="", repr=False)
    id_no: str = field(default="", repr=False)
    capture_date: str = field(default="", repr=False)
    capture_place: str = field(default="", repr=False)
    facility: str = field(default="", repr=False)
    calendar: str = "unknown"
    """Declared calendar of the dates: gregorian, sh (Solar Hijri), ah (lunar Hijri) or unknown."""


FIELDS: tuple[str, ...] = tuple(one.name for one in fields(ListEntry))
"""The names of the fields, in order."""
