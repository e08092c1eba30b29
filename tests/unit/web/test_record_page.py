"""The page of the record: what stands on it, what can be chosen, and every file that it gives."""

from __future__ import annotations

import io
import json
import re
import zipfile

import pytest
from tests.signed_case import ORIGIN, cosign_head, signed_case
from tests.unit.web.conftest import AGREEMENT, HOSTILE, TODAY, many

from quittance.casebook import Casebook
from quittance.files.receipts import CHECKER
from quittance.record.receipt import Receipt, check_receipt
from quittance.testing import journal_bytes
from quittance.visibility import OPERATOR

SECONDS = int(TODAY.timestamp())


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """B has cosigned four entries, A and N all of them."""
    folder = tmp_path_factory.mktemp("case") / "case"
    with signed_case(folder, AGREEMENT.encode(), {"holding": "a", "receiving": "b"}, TODAY) as made:
        cosign_head(made, {"B": SECONDS})
        made.import_journal(OPERATOR, journal_bytes("two-lists", *many(70)))
        cosign_head(made, {"A": SECONDS + 60, "N": SECONDS + 120})
        yield made


@pytest.fixture(scope="module")
def client(case, client_for):
    """Django's client on it."""
    return client_for(case)


def text_of(client, path: str) -> str:
    """A page, which is there."""
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.parametrize("language", ["en", "ps"])
def test_where_the_record_stands(client, case, language):
    """Origin, size, root, note, grade with its meaning, keys and their offices; nothing taken as markup."""
    text = text_of(client, f"/{language}/record")
    head = case.head(OPERATOR)
    assert f">{ORIGIN}</bdi>" in text
    assert f'<bdi dir="ltr" class="id">{head.root}</bdi>' in text
    (note,) = re.findall(r'<pre class="verbatim" dir="ltr">(.*?)</pre>', text, re.DOTALL)
    assert note.replace("&#x27;", "'").encode() == case.signed_head(OPERATOR)
    for key in case.record(OPERATOR).keys:
        assert f">{key.fingerprint}</bdi>" in text
    assert HOSTILE not in text
    assert " style=" not in text
    if language == "en":
        assert "A third body saw this history; at least one side has not cosigned it yet." in text
        assert "<b>grade recorded</b>" in text
        assert "receiving side (<bdi>B &lt;script" in text


def test_a_missing_cosignature_stands_with_its_age(client):
    """B from entry 3 on, by the clock of the case; A has none."""
    text = text_of(client, "/en/record")
    rows = dict(re.findall(r'<tr><th scope="row"><bdi>([ABNX])</bdi>(.*?)</tr>', text, re.DOTALL))
    assert "0 days" in rows["B"]
    assert 'from entry <bdi dir="ltr">3</bdi>' in rows["B"]
    assert "tag late" in rows["B"]
    assert "tag" not in rows["A"]
    assert "2025-01-10 12:01:00Z" in rows["A"]
    assert "tag unverified" in rows["X"]


def test_fifty_entries_newest_first(client, case):
    """Number, kind, signers, time, hash; the older ones are a page further; a page that is not there is 400."""
    size = case.head(OPERATOR).size
    first, second = text_of(client, "/en/record"), text_of(client, "/en/record?page=2")
    assert [int(n) for n in re.findall(r'<tr id="r-(\d+)">', first)] == list(range(size - 1, size - 51, -1))
    assert [int(n) for n in re.findall(r'<tr id="r-(\d+)">', second)] == list(range(size - 51, -1, -1))
    (line,) = case.record_entries(OPERATOR, [size - 1])
    assert f">{line.short_hash}</bdi>" in first
    assert f'<a href="/en/entries/{line.fact}?">' in first
    missing = client.get("/en/record?page=3")
    assert missing.status_code == 400
    assert "There is no such page" in missing.content.decode()


def test_entries_by_kind_and_by_office(client):
    """The choice is in the address and stays chosen; a page of it keeps it; nothing found says so."""
    text = text_of(client, "/en/record?kind=key.enrolled&office=receiving:b&as_of=2025-01-05")
    assert re.findall(r'<tr id="r-(\d+)">', text) == ["2"]
    assert '<option value="key.enrolled" selected>key.enrolled (2)</option>' in text
    assert '<input type="hidden" name="as_of" value="2025-01-05">' in text
    facts = text_of(client, "/en/record?kind=fact.reported")
    assert 'href="?kind=fact.reported&amp;page=2#h-entries"' in facts
    nothing = text_of(client, "/en/record?kind=<b>x</b>&office=nobody")
    assert "No entry is of this kind and signed by this office." in nothing
    assert "<b>x</b>" not in nothing
    assert 'href="/en/timeline?as_of=2025-01-05"' in text


def test_the_choices_hold_no_markup(client):
    """Names come from the agreement file, and an option can have no element in it."""
    for option in re.findall(r"<option[^>]*>(.*?)</option>", text_of(client, "/en/record")):
        assert "<" not in option


def test_an_address_that_cannot_be_read_is_said(client):
    """400 with the message; the page answers as if nothing had been asked."""
    response = client.get("/en/record?as_of=yesterday")
    assert response.status_code == 400
    assert "This is not a date of the calendar" in response.content.decode()
    assert "r-0" in client.get("/en/record?as_of=yesterday&page=2").content.decode()


def test_the_receipt_of_each_entry(client, case):
    """A file that proves the entry by the policy of the case, and is named after it."""
    trust = case._inspection.trust()
    for index in (0, 2, case.head(OPERATOR).size - 1):
        response = client.get(f"/en/record/entries/{index}.tlog-proof")
        assert response.status_code == 200
        assert f'filename="entry-{index}.tlog-proof"' in response.headers["Content-Disposition"]
        checked = check_receipt(Receipt.parse(response.content), trust)
        assert (checked.index, checked.grade) == (index, "recorded")
        assert f"/en/record/entries/{index}.tlog-proof" in text_of(client, "/en/record") + text_of(
            client, "/en/record?page=2"
        )


def test_the_bundle_of_an_entry(client):
    """A zip file with the receipt in it."""
    response = client.get("/en/record/entries/2.zip")
    assert response.headers["Content-Type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(response.content)) as packed:
        assert "receipt.tlog-proof" in packed.namelist()


@pytest.mark.parametrize("path", ["9999.tlog-proof", "9999.zip", "x.tlog-proof", "-1.zip", f"{'9' * 30}.tlog-proof"])
def test_there_is_no_receipt_of_what_is_not_there(client, path):
    """404."""
    assert client.get(f"/en/record/entries/{path}").status_code == 404


def test_the_files_of_the_record(client, case):
    """The note word for word, one key a line, the checker that runs without this program."""
    note = client.get("/en/record/checkpoint")
    assert note.content == case.signed_head(OPERATOR)
    assert note.headers["Content-Type"] == "text/plain; charset=utf-8"
    keys = [json.loads(line) for line in client.get("/en/record/keys.jsonl").content.splitlines()]
    assert [one["role"] for one in keys] == ["operator", "holding", "receiving"]
    checker = client.get("/ps/record/quittance_check.py")
    assert f'filename="{CHECKER}"' in checker.headers["Content-Disposition"]
    compile(checker.content, CHECKER, "exec")


def test_the_signed_head_stands_on_every_page(client):
    """Size and grade, beside the head of the record."""
    for path in ("/", "/timeline", "/weeks", "/commitments/first", "/record", "/verify"):
        assert "Signed head: <bdi" in text_of(client, f"/en{path}")
        assert "grade recorded" in text_of(client, f"/en{path}")


@pytest.mark.parametrize("language", ["en", "ps"])
def test_every_page_leads_to_the_record_and_to_the_check(client, language):
    """Also the page for what is not there."""
    for path in ("/", "/entries/m1", "/record", "/verify", "/nowhere"):
        text = client.get(f"/{language}{path}").content.decode()
        assert f'href="/{language}/record' in text
        assert f'href="/{language}/verify' in text


def test_an_unpublished_entry_has_no_receipt(client_for, casebook):
    """A case in memory signs no head: the page says so, and a receipt is refused with 409."""
    client = client_for(casebook)
    text = text_of(client, "/en/record")
    assert "No tree head has been signed yet" in text
    assert "not published yet" in text
    assert ".tlog-proof" not in text
    assert "Signed head" not in text
    response = client.get("/en/record/entries/0.tlog-proof")
    assert response.status_code == 409
    assert "[record.unpublished]" in response.content.decode()
    assert client.get("/en/record/checkpoint").status_code == 404


def test_a_case_without_policy_has_receipts_and_no_bundles(tmp_path, client_for):
    """The page says what is missing; a bundle is not there."""
    with signed_case(tmp_path / "case", AGREEMENT.encode(), {}, TODAY, policy=None) as case:
        client = client_for(case)
        text = text_of(client, "/en/record")
        assert "This case has no policy, so nobody's cosignature counts" in text.replace("&#x27;", "'")
        assert "grade signed" in text
        assert "0.tlog-proof" in text
        assert "0.zip" not in text
        assert client.get("/en/record/entries/0.zip").status_code == 404


def test_a_head_under_no_key_that_counts_is_said(tmp_path, client_for):
    """A copy without policy and key files still shows its record, and vouches for nothing."""
    with signed_case(tmp_path / "case", AGREEMENT.encode(), {}, TODAY, policy=None):
        pass
    with Casebook.open(tmp_path / "case") as case:
        client = client_for(case)
        assert "does not hold under the keys that count here" in text_of(client, "/en/record")
        assert "the keys that count here do not vouch for it" in text_of(client, "/en/")
