"""The day on paper: a sheet to be filled in by hand, and a receipt as codes that a telephone reads.

A sheet calls people by number and code, and by name only where that was asked for. The receipt's page says what a
receipt does not prove.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from quittance.files.paper import split_paper
from quittance.files.qr import qr_svg
from quittance.files.sheet_frame import RecordFoot, foot, ltr, name, page
from quittance.files.sheet_words import MARK, NOT_PROVED, SCAN, words

BOXES = (
    "Identity",
    "Cleared",
    "Pledge",
    "Family told",
    "Property",
    "Receipt",
    "Handed over",
)
"""What is ticked for each person, in the order of the day.

The person's own wish and the doctor's word have no box of their own: a sheet lies open at the door, and an empty box
there would tell who refused. They are on the device, or in the neutral's head, until the box "Cleared" is ticked.
"""

OFFICES = ("holding side: handed over", "receiving side: received", "neutral: saw it")
EMPTY_LINES = 6
"""Lines for what did not agree."""


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A person on the sheet. The name is in the list's own script and empty where names were not asked for."""

    number: int
    code: str
    row: str = ""
    name: str = field(default="", repr=False)
    father: str = field(default="", repr=False)
    birth: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A day sheet of one batch; `proposal` until the batch is authorised; `note` is the signed head of the record."""

    batch: str
    list: str
    giver: str
    taker: str
    lines: tuple[SheetLine, ...]
    record: RecordFoot
    note: bytes
    proposal: bool
    names: bool


def day_sheet(sheet: Sheet, language: str = "en") -> bytes:
    """The sheet as HTML for A4, landscape. Raises `UsageError` (`paper.language`, `paper.too_large`)."""
    say = words(language)
    heads = ["No.", "Code", *(("Name", "Father's name", "Born") if sheet.names else ("Row",)), *BOXES, "Signature"]
    facts = [
        f"{say['Batch']} {ltr(sheet.batch)}",
        f"{say['List']} {ltr(sheet.list)}",
        f"{say['From']} {ltr(sheet.giver)} {say['To']} {ltr(sheet.taker)}",
        f"{ltr(len(sheet.lines))} {say['people']}",
    ]
    proposal = f'<p><span class="tag">{say["PROPOSAL: not authorised yet"]}</span></p>' if sheet.proposal else ""
    footer = foot(sheet.record, language, proposal=sheet.proposal)
    rows = "".join(_line(line, names=sheet.names) for line in sheet.lines)
    body = (
        f'<div class="top"><div><h1>{say["Day sheet"]}</h1><p>{" · ".join(facts)}</p>{proposal}'
        f"<p>{MARK[language]}</p></div>"
        f'<div class="qr">{_head_code(sheet.note, say["The signed head of the record"])}</div></div>'
        f"<table><thead><tr>{''.join(f'<th scope=col>{say[one]}</th>' for one in heads)}</tr></thead>"
        f"<tbody>{rows}</tbody></table>{_signers(say)}{_discrepancies(say)}"
    )
    return page(f"{say['Day sheet']} {sheet.batch}", body, footer, language, landscape=True)


def receipt_page(
    receipt: bytes,
    index: int,
    kind: str,
    sid: str,
    stated: str,
    signatures: int,
    record: RecordFoot,
    language: str = "en",
) -> bytes:
    """A receipt as HTML for A4: its codes, how to check it, and what it does not prove.

    Raises `UsageError` (`paper.language`, `paper.too_large`).
    """
    say = words(language)
    parts = split_paper(receipt)
    labels = [say["Code {n} of {total}"].format(n=ltr(at), total=ltr(len(parts))) for at in range(1, len(parts) + 1)]
    codes = "".join(
        f'<div class="qr"><p class="small">{label}</p>{qr_svg(part, f"{at}/{len(parts)}")}</div>'
        for at, (label, part) in enumerate(zip(labels, parts, strict=True), 1)
    )
    facts = (
        (say["Kind"], ltr(kind)),
        (say["Statement"], f"<code>{ltr(sid)}</code>"),
        (say["Stated at"], ltr(stated)),
        (say["Signatures"], ltr(signatures)),
    )
    unproved = "".join(f"<li>{sentence}</li>" for sentence in NOT_PROVED[language])
    check = "quittance handover join SCANNED.txt --out receipt.tlog-proof"
    then = "quittance record check-receipt receipt.tlog-proof --policy DIR"
    body = (
        f"<h1>{say['Receipt of entry']} {ltr(f'{index:,}')}</h1>"
        f"<p>{' · '.join(f'{label}: {value}' for label, value in facts)}</p>"
        f'<div class="codes">{codes}</div>'
        f"<h2>{say['How to check it']}</h2><p>{SCAN[language]}</p>"
        f"<p><code>{ltr(check)}</code><br><code>{ltr(then)}</code></p>"
        f"<h2>{say['What this receipt does not prove']}</h2><ul>{unproved}</ul>"
    )
    footer = foot(record, language, proposal=False)
    width = "120mm" if len(parts) == 1 else "82mm"
    return page(f"{say['Receipt of entry']} {index}", body, footer, language, landscape=False, code_width=width)


def _head_code(note: bytes, label: str) -> str:
    """The signed head as a code; where cosignatures make it too long, its text with one signature."""
    text, _, signatures = note.partition(b"\n\n")
    short = text + b"\n\n" + signatures.split(b"\n", 1)[0] + b"\n"
    whole = note if len(note) <= HEAD_BYTES else short
    return qr_svg(whole, label) + f'<p class="small">{label}</p>'


HEAD_BYTES = 700
"""The longest head that is printed with all its cosignatures: a code of that size is read at 34 mm."""


def _line(line: SheetLine, *, names: bool) -> str:
    who = (
        f"<td>{name(line.name)}</td><td>{name(line.father)}</td><td>{ltr(line.birth)}</td>"
        if names
        else f"<td>{ltr(line.row)}</td>"
    )
    boxes = '<td class="mid"><span class="box"></span></td>' * len(BOXES)
    return f'<tr><td>{ltr(line.number)}</td><td>{ltr(line.code)}</td>{who}{boxes}<td class="sign"></td></tr>'


def _signers(say: Mapping[str, str]) -> str:
    heads = ("", "How many", "When and where", "Name and signature")
    return (
        f'<h2>{say["Those who sign"]}</h2><table class="tall"><thead><tr>'
        + "".join(f"<th scope=col>{say.get(one, '')}</th>" for one in heads)
        + "</tr></thead><tbody>"
        + "".join(f"<tr><th scope=row>{say[one]}</th><td></td><td></td><td></td></tr>" for one in OFFICES)
        + "</tbody></table>"
    )


def _discrepancies(say: Mapping[str, str]) -> str:
    return (
        f'<h2>{say["What did not agree"]}</h2><p class="small">{say["Code, what, when, who says so"]}</p>'
        f'<table class="tall"><tbody>{"<tr><td></td></tr>" * EMPTY_LINES}</tbody></table>'
    )
