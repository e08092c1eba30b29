"""The frame of printed sheets: one self-contained HTML file for A4, left to right or right to left, in black on white.

Numbers, dates, codes and hashes stand in `<bdi dir="ltr">`, since plain `<bdi>` is not enough for every printer; names
in `<bdi dir="auto">`. Everything stands in one
table, whose foot browsers repeat on every page.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from importlib.resources import files

from quittance.files.sheet_words import LANGUAGES, words

FONT = "vazirmatn-arabic.woff2"

_STYLE = """@page{size:A4 %(page)s;margin:18mm 18mm 20mm;
@bottom-center{direction:ltr;content:counter(page) " / " counter(pages)}}
*{box-sizing:border-box}
body{font:10pt/1.35 Vazirmatn,"Noto Sans","Noto Sans Arabic",system-ui,sans-serif;color:#000;background:#fff;margin:0}
body:lang(ps){line-height:1.7}
h1{font-size:15pt;margin:0 0 2mm}h2{font-size:11pt;margin:5mm 0 2mm;break-after:avoid}p{margin:0 0 2mm}
table{width:100%%;border-collapse:collapse}thead{display:table-header-group}tfoot{display:table-footer-group}
tr{break-inside:avoid}.page>tbody>tr{break-inside:auto}
th,td{border:.3mm solid #000;padding:1mm 1.2mm;text-align:start;vertical-align:middle}
th{font-size:8pt;font-weight:600}.page>*>tr>td{border:0;padding:0}.page>tfoot>tr>td{padding-top:2mm;font-size:8pt}
.box{display:inline-block;width:4.2mm;height:4.2mm;border:.4mm solid #000}.mid{text-align:center}.sign{width:38mm}
.tall td{height:11mm}.tag{display:inline-block;border:.4mm solid #000;padding:.3mm 2mm;font-weight:700}
.top{display:flex;gap:6mm;justify-content:space-between;align-items:flex-start}
.qr{width:40mm;flex:none;break-inside:avoid}
.qr svg{width:100%%;height:auto;display:block}.codes{display:flex;flex-wrap:wrap;gap:8mm}.codes .qr{width:%(code)s}
.small{font-size:8pt}code{font-family:"DejaVu Sans Mono",monospace;font-size:8pt;overflow-wrap:anywhere}
ul{margin:0;padding-inline-start:5mm}li{break-inside:avoid}
"""


@dataclass(frozen=True, slots=True)
class RecordFoot:
    """What stands at the foot of every page: where the record stood, and for which two days the sheet holds."""

    origin: str
    size: int
    root: str
    as_of: str
    known_by: str


def ltr(text: object) -> str:
    """A number, date, code or hash."""
    return f'<bdi dir="ltr">{escape(str(text))}</bdi>'


def name(text: str) -> str:
    """A name in the script in which it was given."""
    return f'<bdi dir="auto">{escape(text)}</bdi>'


def foot(record: RecordFoot, language: str, *, proposal: bool) -> str:
    """The line at the foot of every page."""
    say = words(language)
    parts = [
        f"{say['Record']} {ltr(record.origin)}, {ltr(f'{record.size:,}')} {say['entries']}, {ltr(record.root[:16])}",
        f"{say['As of']} {ltr(record.as_of)}, {say['known by']} {ltr(record.known_by)}",
        ltr(language),
    ]
    if proposal:
        parts.insert(0, f'<span class="tag">{say["PROPOSAL: not authorised yet"]}</span>')
    return " · ".join(parts)


def page(title: str, body: str, footer: str, language: str, *, landscape: bool, code_width: str = "80mm") -> bytes:
    """The whole file, in UTF-8, with `footer` on every page; it loads nothing and runs nothing."""
    direction = LANGUAGES[language]
    style = _STYLE % {"page": "landscape" if landscape else "portrait", "code": code_width}
    return (
        f'<!doctype html>\n<html lang="{language}" dir="{direction}"><head><meta charset="utf-8">'
        f"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        f'font-src data:"><title>{escape(title)}</title><style>{_font()}{style}</style></head>\n'
        f'<body><table class="page"><tfoot><tr><td>{footer}</td></tr></tfoot>'
        f"<tbody><tr><td>{body}</td></tr></tbody></table></body></html>\n"
    ).encode()


def _font() -> str:
    """The Arabic letters, inside the file, so that a name prints on a machine that has no such font."""
    data = (files("quittance") / "web" / "static" / "fonts" / FONT).read_bytes()
    source = f"data:font/woff2;base64,{b64encode(data).decode()}"
    return (
        f'@font-face{{font-family:Vazirmatn;src:url({source}) format("woff2");font-weight:100 900;'
        "unicode-range:U+600-6FF,U+750-77F,U+8A0-8FF,U+200C-200E,U+FB50-FDFF,U+FE70-FEFC}"
    )
