"""The texts of the pages and their translations: what must be translated, and the catalogue as it stands.

`python -m tests.unit.web.catalogue` writes each `django.mo` from its `django.po` and lists what is missing or left
over.
"""

from __future__ import annotations

import ast
import struct
import sys
from collections.abc import Iterator
from pathlib import Path

import quittance.web
from quittance.views.batch_wording import BATCH_MESSAGES
from quittance.views.claims_wording import CLAIM_MESSAGES
from quittance.views.criteria import CRITERIA_MESSAGES
from quittance.views.exposure_wording import EXPOSURE_MESSAGES
from quittance.views.people_wording import PEOPLE_MESSAGES
from quittance.views.record_wording import RECORD_MESSAGES
from quittance.views.wording import MESSAGES

WEB = Path(quittance.web.__file__).parent
LOCALE = WEB / "locale"
Key = str | tuple[str, str]


def wanted() -> set[Key]:
    """Every text that a page may show: of the views, of the templates, of the Python modules."""
    views = (
        *(MESSAGES, RECORD_MESSAGES, PEOPLE_MESSAGES, BATCH_MESSAGES, CRITERIA_MESSAGES),
        *(EXPOSURE_MESSAGES, CLAIM_MESSAGES),
    )
    return {text for messages in views for text in messages} | set(_of_templates()) | set(_of_modules())


def _of_templates() -> Iterator[Key]:
    from django.template import engines
    from django.templatetags.i18n import BlockTranslateNode, TranslateNode

    engine = engines["django"].engine  # type: ignore[attr-defined]
    for path in sorted((WEB / "templates").rglob("*.html")):
        template = engine.get_template(str(path.relative_to(WEB / "templates")))
        for node in template.nodelist.get_nodes_by_type(TranslateNode):
            yield node.filter_expression.var.literal
        for node in template.nodelist.get_nodes_by_type(BlockTranslateNode):
            singular, _ = node.render_token_list(node.singular)
            plural, _ = node.render_token_list(node.plural)
            yield (singular, plural) if plural else singular


def _of_modules() -> Iterator[Key]:
    for path in sorted(WEB.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            called = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            if called in ("gettext", "gettext_noop") and isinstance(node.args[0], ast.Constant):
                yield node.args[0].value


def read_po(text: str) -> dict[str, tuple[str | None, list[str]]]:
    """A catalogue as msgid -> (plural msgid, translations). Raises `ValueError` for a repeated msgid."""
    found: dict[str, tuple[str | None, list[str]]] = {}
    for block in text.split("\n\n"):
        fields: dict[str, str] = {}
        name = ""
        for line in block.splitlines():
            if line.startswith("#") or not line.strip():
                continue
            if not line.startswith('"'):
                name, _, line = line.partition(" ")
                fields[name] = ""
            fields[name] += ast.literal_eval(line)
        if "msgid" in fields:
            if fields["msgid"] in found:
                raise ValueError(f"{fields['msgid']!r} stands twice")
            translations = [value for name, value in fields.items() if name.startswith("msgstr")]
            found[fields["msgid"]] = (fields.get("msgid_plural"), translations)
    return found


def as_mo(catalogue: dict[str, tuple[str | None, list[str]]]) -> bytes:
    """The compiled form of a catalogue, as `msgfmt` lays it out (GNU gettext manual, "The Format of GNU MO Files")."""
    pairs = sorted(
        ("\0".join([msgid, *([plural] if plural else [])]).encode(), "\0".join(texts).encode())
        for msgid, (plural, texts) in catalogue.items()
    )
    table, texts = b"", b""
    start = 28 + 16 * len(pairs)
    for column in (0, 1):
        for pair in pairs:
            table += struct.pack("<II", len(pair[column]), start + len(texts))
            texts += pair[column] + b"\0"
    header = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, start)
    return header + table + texts


def missing(catalogue: dict[str, tuple[str | None, list[str]]]) -> list[Key]:
    """Texts without a complete translation."""

    def done(key: Key) -> bool:
        msgid, plural = key if isinstance(key, tuple) else (key, None)
        known = catalogue.get(msgid)
        return known is not None and known[0] == plural and len(known[1]) == (2 if plural else 1) and all(known[1])

    return sorted((key for key in wanted() if not done(key)), key=str)


def left_over(catalogue: dict[str, tuple[str | None, list[str]]]) -> list[str]:
    """Translations of texts that no page shows."""
    known = {key[0] if isinstance(key, tuple) else key for key in wanted()}
    return sorted(msgid for msgid in catalogue if msgid and msgid not in known)


def main() -> int:
    """Compile each catalogue and report what it lacks."""
    import os

    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "quittance.web.settings")
    django.setup()
    lacking = False
    for path in sorted(LOCALE.rglob("django.po")):
        catalogue = read_po(path.read_text("utf-8"))
        path.with_suffix(".mo").write_bytes(as_mo(catalogue))
        for key in missing(catalogue):
            lacking = True
            print(f"{path.parent.parent.name}: not translated: {key!r}")
        for msgid in left_over(catalogue):
            print(f"{path.parent.parent.name}: left over: {msgid!r}")
    return int(lacking)


if __name__ == "__main__":
    sys.exit(main())
