"""The log's side: the same two texts by hand and by wire, and nothing taken from an answer that was not verified."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from tests.unit.witness.logs import COSIGNED_7, KEY, LOG_KEY, REQUEST_4_TO_7, START, Log
from tests.unit.witness.test_http import running

from quittance.errors import QuittanceError, UsageError
from quittance.record.checkpoint import cosign, open_checkpoint
from quittance.record.keys import SeedSigner
from quittance.record.note import COSIGNATURE, Note, NoteError, VerifierKey, format_signature
from quittance.witness.courier import CourierError, ask, collect, make_request
from quittance.witness.request import MAX_BYTES, AddCheckpoint, RequestError

B_SIGNER = SeedSigner(b"\x03" * 32)
B_NAME = "party-b.example/witness"
B_KEY = VerifierKey(B_NAME, COSIGNATURE, B_SIGNER.public)


def line(log, size=None, name=B_NAME, signer=B_SIGNER, time=START):
    """A cosignature line of the other party."""
    return f"{format_signature(cosign(log.checkpoint(size), name, signer, time))}\n".encode()


def test_a_request_is_the_honest_one(log):
    """The proof is that of the tree, from the size that was told."""
    assert make_request(log.note(), log.tree, 4) == log.request(4)
    assert make_request(log.note(), log.tree, 10) == log.request(10)
    assert make_request(log.note(7), log.tree, 4) == log.request(4, 7)


def test_a_witness_ahead_of_the_log_stops_everything(log):
    """A log whose witness has seen more than it has must find out why before it signs anything."""
    with pytest.raises(CourierError) as caught:
        make_request(log.note(7), log.tree, 8)
    assert caught.value.code == "witness.ahead"


def test_a_courier_run(witness, log):
    """Request file, answer file, and the note with a cosignature that verifies."""
    answer = witness.answer_file(make_request(log.note(), log.tree, 0)).body
    note = collect(log.note(), answer, [LOG_KEY], [KEY])
    opened = open_checkpoint(note.encode(), [LOG_KEY], [KEY])
    assert [(one.key, one.time) for one in opened.cosigned] == [(KEY, START)]


def test_the_reference_answer_is_collected():
    """The line that other software made is verified and put under the note."""
    note = AddCheckpoint.parse(REQUEST_4_TO_7).note
    assert collect(note, COSIGNED_7, [LOG_KEY], [KEY]).encode() == note.encode() + COSIGNED_7


def test_answers_add_up_and_unknown_keys_are_left_out(log):
    """Two witnesses one after the other; a stranger's line is dropped; a second line of one key changes nothing."""
    a = line(log, name=KEY.name, signer=SeedSigner(b"\x02" * 32))
    note = collect(log.note(), a + line(log, name="stranger.example/w"), [LOG_KEY], [KEY, B_KEY])
    note = collect(note, line(log), [LOG_KEY], [KEY, B_KEY])
    assert [one.name for one in note.signatures] == [LOG_KEY.name, KEY.name, B_NAME]
    assert collect(note, line(log, time=START + 9), [LOG_KEY], [KEY, B_KEY]) == note


def test_what_does_not_verify_is_refused(log):
    """A line for another size, one of another key under a known name and id, and an answer of strangers alone."""
    for answer in (line(log, 7), line(log.fork(2)), line(log)[:-12] + b"AAAAAAAAAA==\n"):
        with pytest.raises(NoteError):
            collect(log.note(), answer, [LOG_KEY], [B_KEY])
    with pytest.raises(CourierError) as caught:
        collect(log.note(), line(log), [LOG_KEY], [KEY])
    assert caught.value.code == "witness.stranger"
    forged = Log(log.words, log.origin, SeedSigner(b"\x09" * 32)).note()
    with pytest.raises(NoteError):
        collect(forged, line(log), [LOG_KEY], [B_KEY])


def test_refusals_come_back_as_errors(log):
    """A size is named for the next request, a refusal given in the witness's words."""
    for answer, code in (
        (b"4\n", "witness.conflict"),
        (b"witness.fork: no\n", "witness.refused"),
        (b"", "witness.answer"),
    ):
        with pytest.raises(RequestError) as caught:
            collect(log.note(), answer, [LOG_KEY], [B_KEY])
        assert caught.value.code == code


# --- over HTTP --------------------------------------------------------------------------------------------------------


def asked(log):
    """The requests of a log, remembered."""
    sizes = []

    def request(old):
        sizes.append(old)
        return make_request(log.note(), log.tree, old)

    return sizes, request


def test_ask_learns_the_size_and_asks_again(witness, log):
    """A log that does not know where its witness is asks from 0 and is told."""
    with running(witness, prefix="/w") as server:
        url = f"http://127.0.0.1:{server.port}/w/"
        witness.add_checkpoint(log.request(0, 4))
        sizes, request = asked(log)
        note = collect(log.note(), ask(url, request), [LOG_KEY], [KEY])
        assert sizes == [0, 4]
        assert len(note.signatures) == 2
        with pytest.raises(RequestError, match=r"witness\.fork") as caught:
            ask(url, asked(log.fork(2))[1], 10)
        assert caught.value.code == "witness.refused"


@contextmanager
def answering(status, body=b"", *, endless=False, **headers):
    """A server that gives one answer to everything; its address, and the paths asked."""
    paths = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            paths.append(self.path)
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if body is None:
                gone.wait(20)
            else:
                self.wfile.write(body)
            while endless and not gone.is_set():
                try:
                    self.wfile.write(b"x" * MAX_BYTES)
                except OSError:
                    break

        do_GET = do_POST

        def log_message(self, *args):
            pass

    gone = threading.Event()
    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", paths
    finally:
        gone.set()
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "headers", "code"),
    [
        (302, b"", {"Location": "/elsewhere"}, "witness.answer"),
        (307, b"", {"Location": "/elsewhere"}, "witness.answer"),
        (404, b"<html>\n<p>no</p>\n", {}, "witness.answer"),
        (200, b"", {}, "witness.answer"),
        (200, b"7\n", {}, "witness.answer"),
        (409, b"7\n", {"Content_Type": "text/plain"}, "witness.answer"),
        (409, COSIGNED_7, {"Content_Type": "text/x.tlog.size"}, "witness.answer"),
        (500, COSIGNED_7, {}, "witness.answer"),
        (200, b"x" * (4 * MAX_BYTES), {}, "witness.answer"),
        (503, b"witness.store: not now\n", {}, "witness.refused"),
        (409, b"99\n", {"Content_Type": "text/x.tlog.size"}, "witness.ahead"),
        (409, b"3\n", {"Content_Type": "text/x.tlog.size"}, "witness.busy"),
    ],
)
def test_no_other_answer_is_taken(log, status, body, headers, code):
    """Each is refused with its code; a redirect is not followed."""
    with answering(status, body, **headers) as (url, paths):
        with pytest.raises(QuittanceError) as caught:
            ask(url, asked(log)[1])
        assert caught.value.code == code
        assert set(paths) == {"/add-checkpoint"}


def test_a_witness_that_does_not_answer_is_given_up(log):
    """Neither a closed port nor an endless silence holds up the log."""
    with answering(200, None) as (url, _), pytest.raises(CourierError) as caught:
        ask(url, asked(log)[1], seconds=0.2)
    assert caught.value.code == "witness.unreachable"
    with pytest.raises(CourierError) as caught:
        ask(url, asked(log)[1], seconds=0.2)
    assert caught.value.code == "witness.unreachable"


def test_an_endless_answer_is_not_read_to_its_end(log):
    """What is more than an answer may have is not waited for."""
    with answering(200, endless=True) as (url, _), pytest.raises(RequestError) as caught:
        ask(url, asked(log)[1], seconds=3.0)
    assert caught.value.code == "witness.answer"


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://example.org", "example.org/w", "http://", "http://[x"])
def test_only_web_addresses_are_asked(log, url):
    """Anything else is refused before anything is opened."""
    with pytest.raises(UsageError) as caught:
        ask(url, asked(log)[1])
    assert caught.value.code == "witness.url"


def test_a_note_that_is_no_checkpoint_is_not_sent(log):
    """The log finds out before its courier leaves."""
    with pytest.raises(QuittanceError):
        make_request(Note("hello\n", log.note().signatures), log.tree, 0)
