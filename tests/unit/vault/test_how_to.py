"""The how-to about personal data is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pyrage

from quittance.files import keyfile

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "keep-and-erase-personal-data.md"


def test_the_how_to_works(tmp_path, monkeypatch):
    """All its examples, one after the other in one folder, do what the page says."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keyfile.new_key, "__kwdefaults__", {**keyfile.new_key.__kwdefaults__, "cost": 2})
    identity = pyrage.x25519.Identity.generate()
    Path("recipient.txt").write_text(f"{identity.to_public()}\n")
    Path("identity.txt").write_text(f"{identity}\n")
    examples = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)
    assert len(examples) == 7
    exec("".join(examples), {})
    assert {"vault.key", "vault.sqlite", "values.age", "keys.age", "restored.sqlite"} <= {
        one.name for one in tmp_path.iterdir()
    }
