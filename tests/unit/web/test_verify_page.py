"""The page that says what a receipt proves: every way to fail is a sentence, and nothing of it is kept."""

from __future__ import annotations

import io
import random
import re
import tempfile
import threading
import zipfile
from http.client import HTTPConnection

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from tests.signed_case import POLICY, VECTORS, cosign_head, signed_case
from tests.unit.web.conftest import AGREEMENT, HOSTILE, TODAY, many

from quittance.casebook import Casebook
from quittance.files.receipts import MAX_BUNDLE_BYTES, read_bundle
from quittance.record.checkpoint import Checkpoint, cosign, sign
from quittance.record.entry import Leaf
from quittance.record.keys import SeedSigner, sign_statement
from quittance.record.note import Note
from quittance.record.receipt import MAX_RECEIPT_BYTES, Receipt
from quittance.record.statement import Statement
from quittance.record.tree import Tree
from quittance.testing import OFFICE, journal_bytes
from quittance.views.record_wording import FAILURES
from quittance.visibility import OPERATOR
from quittance.web.server import HOST, bind
from quittance.web.uploads import MOST_BYTES, discard

SECONDS = int(TODAY.timestamp())
GOOD: str = VECTORS["mini_log"]["receipt_index_4_utf8"]


@pytest.fixture(scope="module")
def case(tmp_path_factory):
    """A case whose trust is the policy of the vectors; both sides have cosigned its head."""
    agreement = AGREEMENT.replace(f'"B {HOSTILE}"', "B").encode()
    folder = tmp_path_factory.mktemp("case") / "case"
    with signed_case(folder, agreement, {"holding": "a", "receiving": "b"}, TODAY) as made:
        made.import_journal(OPERATOR, journal_bytes("two-lists", *many(8)))
        cosign_head(made, {"A": SECONDS, "B": SECONDS + 60})
        yield made


@pytest.fixture(scope="module")
def client(case, client_for):
    """Django's client on it."""
    return client_for(case)


def posted(client, data: bytes = b"", text: str = "", name: str = "receipt.tlog-proof", language: str = "en"):
    """The answer to a file, or to pasted text."""
    fields = {"text": text} | ({"file": SimpleUploadedFile(name, data)} if data else {})
    return client.post(f"/{language}/verify", fields)


def verdict(response) -> str:
    """What the page says in its status, without markup."""
    (found,) = re.findall(r'<div role="status"[^>]*>(.*?)</div>', response.content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]*>", "", found).split())


def failed_step(response) -> str:
    """The step that is marked as failed."""
    found = re.findall(r"<li>([^<]*) <span class=\"tag breached\">", response.content.decode())
    return found[0] if found else ""


def test_a_receipt_of_this_record_is_answered_with_the_sentence(client, case):
    """Entry, day, grade, who signed, what was not checked; nothing is kept in the form."""
    response = posted(client, case.receipt(OPERATOR, "2"))
    text = response.content.decode()
    assert response.status_code == 200
    assert verdict(response) == "Entry 2 is in the record signed on 10 January 2025 and unchanged."
    assert "<b>grade joint</b>" in text
    assert "receiving side (<bdi>B</bdi>)" in text
    assert text.count("signature is right") == 2
    assert "Its head is that of this whole record" in text
    assert "whether what was stated is true" in text
    assert "whether the keys were in their term" not in text
    assert failed_step(response) == ""


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_a_pasted_receipt_may_have_the_line_ends_of_a_form(client, case, ends):
    """A browser sends CR LF, and the last line end gets lost in copying: both are mended, in pasted text only."""
    text = case.receipt(OPERATOR, "2").decode().rstrip("\n").replace("\n", ends)
    assert verdict(posted(client, text=text)).startswith("Entry 2 is in the record")
    assert failed_step(posted(client, text.encode())) == "the file can be read"


def test_an_older_receipt_is_of_the_same_record(client, case):
    """The head is an earlier one, which the record continues."""
    receipt = case.receipt(OPERATOR, "5")
    case.import_journal(OPERATOR, journal_bytes("two-lists", many(9)[-1]))
    cosign_head(case, {"A": SECONDS, "B": SECONDS + 60})
    response = posted(client, receipt)
    assert verdict(response).startswith("Entry 5 is in the record signed on")
    assert "is an earlier one of this record; the record continues it." in response.content.decode()


def test_a_receipt_of_another_history_of_the_log_is_a_fork(client):
    """It is signed by the log and both witnesses, and still not a head of this record: both are to be kept."""
    response = posted(client, GOOD.encode())
    assert response.status_code == 200
    assert "that history is not the record of this case: the log has signed two" in verdict(response)
    assert "Keep the file and this record" in verdict(response)
    assert "Vb5uynYtuyjP6jQGPsUWVvx9FCweJx0GF4F4anvJYwY=" in response.content.decode()
    assert "a key that this record does not know" in response.content.decode()
    assert "the signatures of keys that are not known here" in response.content.decode()


@pytest.mark.parametrize("broken", VECTORS["receipt_negative"], ids=lambda one: one["name"])
@pytest.mark.parametrize("language", ["en", "ps"])
def test_every_broken_receipt_is_refused_with_a_sentence(client, broken, language):
    """200, a sentence, the step that failed, and no word that it holds."""
    response = posted(client, broken["receipt_utf8"].encode(), language=language)
    text = response.content.decode()
    assert response.status_code == 200
    assert len(verdict(response)) > 40
    assert text.count("tag breached") == 1
    assert "verdict ok" not in text
    if language == "en":
        assert verdict(response).startswith("Not accepted: ")
        assert "does not hold. What the program says" not in verdict(response)
        steps = {
            "inclusion": "the entry stands under this head",
            "log signature": "the log has signed its head",
            "origin not accepted": "it is of a log whose key is known here",
        }
        witness = "the cosignatures of known witnesses are right"
        wanted = witness if broken["fails_at"].startswith("note:") else steps.get(broken["fails_at"])
        assert failed_step(response) == (wanted or failed_step(response))
        assert wanted or failed_step(response) in ("the file can be read", "the entry stands under this head")


def forged(case, leaf: Leaf) -> bytes:
    """A receipt for any leaf, under a head that the log and a witness have signed."""
    tree = Tree([leaf.hash])
    checkpoint = Checkpoint(case.head(OPERATOR).origin, 1, tree.root())
    known = VECTORS["keys"]["witness_a"]
    signatures = (
        sign(checkpoint, OFFICE.log),
        cosign(checkpoint, known["name"], SeedSigner(bytes.fromhex(known["seed_hex"])), SECONDS),
    )
    return Receipt(0, leaf.data, (), Note(checkpoint.text, signatures)).encode()


def test_a_wrong_signature_on_the_entry_is_named(client, case):
    """The log took in what its operator never signed: the step of the signatures fails, and the file is evidence."""

    def authorised(batch: str) -> Statement:
        origin = case.head(OPERATOR).origin
        return Statement("batch.authorised", "two-lists", origin, "0" * 32, "2025-01-10T12:00:00Z", {"batch": batch})

    signed = sign_statement(authorised("B-02"), OFFICE.statement)
    response = posted(client, forged(case, Leaf(authorised("B-01"), "2025-01-10T12:00:00Z", signed)))
    assert failed_step(response) == "the signatures on the entry are right"
    assert "it is evidence" in verdict(response)


def bundled(case, **parts: bytes | None) -> bytes:
    """The bundle of entry 1 with parts replaced or, by None, left out."""
    names = {"receipt": "receipt.tlog-proof", "keys": "keys.jsonl", "openings": "openings.json"}
    with zipfile.ZipFile(io.BytesIO(case.bundle(OPERATOR, "1"))) as packed:
        found: dict[str, bytes | None] = {name: packed.read(name) for name in packed.namelist()}
    found |= {names.get(name, name): data for name, data in parts.items()}
    return zipped({name: data for name, data in found.items() if data is not None})


def zipped(parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip file of these parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", how) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return data.getvalue()


def test_a_bundle_is_read_as_well(client, case):
    """The receipt in it is checked by this case's trust, not by the policy that lies in it."""
    response = posted(client, bundled(case), name="entry-1.zip")
    assert verdict(response).startswith("Entry 1 is in the record signed on")
    lying = b"log example.org/x+00000000+AQ==\nquorum none\n"
    assert verdict(posted(client, bundled(case, **{"policy/joint": lying}))).startswith("Entry 1 is in the record")


def test_keys_in_a_bundle_count_only_under_their_own_fingerprint(client, case):
    """A list that gives another key the fingerprint of a signer changes nothing; an unreadable one is refused."""
    lie = b'{"fingerprint": "%s", "public_key": "%s"}\n' % (b"00" * 32, b"8a" * 32)
    assert verdict(posted(client, bundled(case, keys=lie))).startswith("Entry 1 is in the record")
    assert failed_step(posted(client, bundled(case, keys=b"no list"))) == "the file can be read"


def test_openings_that_do_not_open_are_named(client, case):
    """Malformed, not canonical, of another entry."""
    step = "what is disclosed is what the entry holds"
    other = b'{"format":"quittance-openings/1","openings":[],"sid":"%s"}' % (b"0" * 64)
    for openings in (b"{}", b"[1.5]", b"\xff", other):
        assert failed_step(posted(client, bundled(case, openings=openings))) == step


def test_openings_that_open_are_listed(client, case):
    """An entry that commits to nothing is opened by an empty file for its own statement."""
    (line,) = case.record_entries(OPERATOR, [1])
    empty = b'{"format":"quittance-openings/1","openings":[],"sid":"%s"}' % line.sid.encode()
    response = posted(client, bundled(case, openings=empty))
    assert verdict(response).startswith("Entry 1 is in the record")
    assert "not done" not in response.content.decode()


@pytest.mark.parametrize(
    "parts",
    [
        {"README.txt": b"nothing else"},
        {"receipt.tlog-proof": b"x", "../receipt.tlog-proof": b"y"},
        {"receipt.tlog-proof": b"x", "keys.jsonl/": b""},
        {"receipt.tlog-proof": b"x", "policy\\joint": b"y"},
        {f"{n}.txt": b"x" for n in range(200)},
        {"receipt.tlog-proof": b"0" * 1_900_000},
        {"receipt.tlog-proof": b"x" * (MAX_RECEIPT_BYTES + 1)},
    ],
    ids=["no receipt", "path upwards", "folder", "backslash", "many", "bomb", "large"],
)
def test_a_zip_file_that_is_no_bundle_is_refused(client, parts):
    """Nothing of it is unpacked beyond its bounds."""
    response = posted(client, zipped(parts), name="bundle.zip")
    assert response.status_code == 200
    assert failed_step(response) == "the file can be read"
    assert "the bundle cannot be read" in verdict(response)


def test_a_part_that_stands_twice_is_refused(client):
    """Two readers would take different ones."""
    data = zipped({"receipt.tlog-proof": b"one", "keys.jsonl.12345678": b"two"})
    twice = data.replace(b"keys.jsonl.12345678", b"receipt.tlog-proof\0")  # a name ends at the zero byte
    assert verdict(posted(client, twice)).startswith("Not accepted: the bundle cannot be read.")
    with zipfile.ZipFile(io.BytesIO(twice)) as packed:
        assert packed.namelist() == ["receipt.tlog-proof"] * 2


def test_damaged_bundles_and_receipts_are_refused_and_nothing_else(client, case):
    """Bytes changed anywhere in either: a page with a sentence each time, never a fault of the program."""
    chance = random.Random(14)
    originals = [
        bundled(case, openings=b"{}"),
        case.receipt(OPERATOR, "1"),
        zipped({"receipt.tlog-proof": GOOD.encode()}),
    ]
    for turn in range(120):
        data = bytearray(originals[turn % 3])
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        if turn % 5 == 0:
            del data[chance.randrange(len(data)) :]
        response = posted(client, bytes(data) or b"x")
        assert response.status_code == 200
        assert verdict(response)


def test_nothing_given_is_said(client):
    """An empty form, and a file without a byte, are refused with what to do."""
    assert "nothing was given" in verdict(posted(client))
    assert "nothing was given" in verdict(posted(client, text="  \r\n"))


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"x" * (MAX_RECEIPT_BYTES + 1), ""),
        (b"PK" + b"x" * MAX_BUNDLE_BYTES, ""),
        (b"x" * (MOST_BYTES + 1), ""),
        (b"", "x" * (MAX_RECEIPT_BYTES + 10_000)),
    ],
    ids=["receipt", "bundle", "body", "text"],
)
def test_too_much_is_refused_with_the_limits(client, data, text):
    """413, and the sentence says how much is taken."""
    response = posted(client, data, text)
    assert response.status_code == 413
    assert "at most 2 MB, a bundle at most 8 MB" in verdict(response)


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "application/json", "text/plain", ""])
def test_another_content_type_is_refused(client, kind):
    """415: the form has one."""
    response = client.post("/en/verify", GOOD.encode(), content_type=kind)
    assert response.status_code == 415
    assert "did not arrive whole" in verdict(response)


@pytest.mark.parametrize(
    "kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\xe9"]
)
def test_a_form_without_its_boundary_is_refused(client, kind):
    """400, with the sentence."""
    response = client.post("/en/verify", b"no form", content_type=kind)
    assert response.status_code == 400
    assert "did not arrive whole" in verdict(response)


def test_too_many_files_or_fields_are_refused(client):
    """One file and four fields are more than the form has."""
    files = {name: SimpleUploadedFile(name, b"x") for name in ("file", "other")}
    assert client.post("/en/verify", files).status_code == 400
    assert client.post("/en/verify", {f"f{n}": "x" for n in range(25)}).status_code == 400


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_only_a_post_is_taken_beside_reading(client, method):
    """405 for everything else, with what is allowed."""
    response = getattr(client, method)("/en/verify")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD, POST"


@pytest.mark.parametrize(
    "path", ["/verify", "/en/verify/", "/en//verify", "/fr/verify", "/en/record", "/en/", "/EN/verify"]
)
def test_no_other_page_takes_a_post(client, path):
    """405, and only reading is allowed."""
    response = client.post(path, {"text": GOOD})
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


@pytest.mark.parametrize("language", ["en", "ps"])
def test_the_answer_has_the_headers_of_every_page_and_no_cookie(client, case, language):
    """Nothing changes and nothing is kept, so no token and no cookie is needed; the record is as it was."""
    before = case.head(OPERATOR)
    response = posted(client, GOOD.encode(), language=language)
    assert "script-src 'none'" in response.headers["Content-Security-Policy"]
    assert response.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "no-store"
    assert not response.cookies
    assert case.head(OPERATOR) == before
    assert client.get(f"/{language}/verify").content.decode().count("verdict") == 0


def test_the_name_of_the_file_is_shown_as_text(client):
    """It comes from whoever posts."""
    text = posted(client, b"x", name=f"{HOSTILE}.txt").content.decode()
    assert "<script" not in text


def test_nothing_is_written_to_a_disk(client, case, monkeypatch):
    """No temporary file is made, also for the largest bundle."""

    def refuse(*args: object, **kwargs: object) -> None:
        raise AssertionError("a temporary file was asked for")

    for name in ("NamedTemporaryFile", "TemporaryFile", "SpooledTemporaryFile", "mkstemp"):
        monkeypatch.setattr(tempfile, name, refuse)
    assert posted(client, b"PK" + b"x" * (MAX_BUNDLE_BYTES - 2)).status_code == 200
    assert verdict(posted(client, case.receipt(OPERATOR, "2"))).startswith("Entry 2")


def test_a_case_without_policy_checks_by_the_key_of_its_log(tmp_path, client_for):
    """The grade is `signed`, no witness says when, and the page says why; other receipts are of another record."""
    agreement = AGREEMENT.replace(HOSTILE, "").encode()
    with signed_case(tmp_path / "case", agreement, {}, TODAY, policy=None) as case:
        client = client_for(case)
        response = posted(client, case.receipt(OPERATOR, "0"))
        text = response.content.decode()
        assert verdict(response).endswith("and unchanged; no witness says when.")
        assert "<b>grade signed</b>" in text
        assert "This case has no policy" in text
        assert "the log has signed two" not in verdict(response)
        newer = posted(client, GOOD.encode())
        assert "this copy of the record only" in newer.content.decode()


def test_a_receipt_of_a_longer_record_is_not_judged(tmp_path, client_for, case):
    """An older copy of the record cannot tell whether the head continues it, and says so."""
    agreement = AGREEMENT.replace(HOSTILE, "").encode()
    with signed_case(tmp_path / "case", agreement, {}, TODAY) as short:
        response = posted(client_for(short), case.receipt(OPERATOR, "2"))
    assert verdict(response).startswith("Entry 2 is in the record signed on")
    assert "whether the one continues the other cannot be told here" in response.content.decode()
    assert "whether the keys were in their term" in response.content.decode()


def test_where_nothing_says_whose_signatures_count_the_page_says_so(tmp_path, client_for, case):
    """A copy without policy and key: a page with the reason, in place of an answer."""
    agreement = AGREEMENT.replace(HOSTILE, "").encode()
    with signed_case(tmp_path / "case", agreement, {}, TODAY, policy=None):
        pass
    with Casebook.open(tmp_path / "case") as bare:
        response = posted(client_for(bare), GOOD.encode())
    assert response.status_code == 500
    assert "[key.missing]" in response.content.decode()


def test_a_browser_gets_its_answer_to_what_is_too_large(case):
    """Over a real connection: all of the body is taken and thrown away, and then the page comes."""
    with bind(case, 0) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            connection = HTTPConnection(HOST, server.server_port, timeout=30)
            kind = {"Content-Type": "multipart/form-data; boundary=x"}
            connection.request("POST", "/en/verify", b"x" * (MOST_BYTES + 1_000_000), kind)
            response = connection.getresponse()
            assert response.status == 413
            assert b"there is too much of it" in response.read()
            connection.close()
        finally:
            server.shutdown()
            thread.join()


def test_a_refused_body_is_read_to_its_end():
    """So that the browser has sent it all before it is answered; a broken connection is no fault."""
    request = HttpRequest()
    request._stream = io.BytesIO(b"x" * 200_000)  # type: ignore[attr-defined]
    discard(request)
    assert request._stream.read() == b""  # type: ignore[attr-defined]
    request._stream.close()  # type: ignore[attr-defined]

    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ConnectionResetError

    request._stream = Broken()  # type: ignore[attr-defined]
    discard(request)


def test_the_policy_of_the_vectors_is_that_of_the_case(case):
    """Otherwise the tests above would pass for another reason."""
    assert case.folder is not None
    assert (case.folder / "tiles/policy/joint").read_bytes() == POLICY.joint
    assert read_bundle(case.bundle(OPERATOR, "1")).receipt == case.receipt(OPERATOR, "1")
    assert {code for code in FAILURES if code.startswith("upload.")} == {
        "upload.empty",
        "upload.too_large",
        "upload.form",
    }
