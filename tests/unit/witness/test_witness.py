"""The witness as a whole: answers byte for byte, times that never go back, and one history whatever interleaves."""

from __future__ import annotations

import subprocess
import sys
import threading
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
from tests.unit.witness.logs import (
    CHECKPOINT_4,
    COSIGNED_7,
    KEY,
    LOG_KEY,
    LOG_SIGNER,
    NAME,
    ORIGIN,
    OTHER_7,
    OTHER_PROOF,
    REQUEST_4_TO_7,
    SIGNER,
    START,
    Log,
)

from quittance.errors import UsageError
from quittance.record.checkpoint import open_checkpoint
from quittance.record.keys import SeedSigner
from quittance.record.note import Note, NoteSignature, VerifierKey
from quittance.record.tree import verify_consistency
from quittance.witness.request import SIZE, TEXT, AddCheckpoint
from quittance.witness.store import WitnessStore
from quittance.witness.witness import Witness, trusted_logs

HEX = sha256(ORIGIN.encode()).hexdigest()


def opened(witness):
    """The checkpoint that the witness shows, verified with the keys of log and witness."""
    return open_checkpoint(witness.checkpoint(HEX), [LOG_KEY], [KEY])


def time_of(answer, log, size):
    """The time in a cosignature, verified."""
    note = Note.parse(log.note(size).encode() + answer.body)
    (cosigned,) = open_checkpoint(note.encode(), [LOG_KEY], [KEY]).cosigned
    return cosigned.time


def test_the_reference_request_gets_the_reference_cosignature(witness):
    """At the reference's time the answer is the reference's line, byte for byte; the fork of that size is refused."""
    first = AddCheckpoint.of(0, (), Note.parse(CHECKPOINT_4)).encode()
    assert witness.add_checkpoint(first).status == 200
    answer = witness.add_checkpoint(REQUEST_4_TO_7)
    assert (answer.status, answer.body, answer.content_type) == (200, COSIGNED_7, TEXT)
    other = Note.parse(OTHER_7)
    stale = witness.add_checkpoint(AddCheckpoint.of(4, (OTHER_PROOF,), other).encode())
    assert (stale.status, stale.body, stale.content_type) == (409, b"7\n", SIZE)
    fork = witness.add_checkpoint(AddCheckpoint.of(7, (), other).encode())
    assert (fork.status, fork.body.partition(b":")[0]) == (422, b"witness.fork")
    assert opened(witness).checkpoint.root != AddCheckpoint.of(7, (), other).checkpoint.root


def test_the_forked_pair_is_kept_and_the_alarm_raised_once(witness, store, alarms):
    """The refused note is kept as it came, however often it comes."""
    witness.add_checkpoint(AddCheckpoint.of(0, (), Note.parse(CHECKPOINT_4)).encode())
    witness.add_checkpoint(REQUEST_4_TO_7)
    for _ in range(3):
        witness.add_checkpoint(AddCheckpoint.of(7, (), Note.parse(OTHER_7)).encode())
    (kept,) = store.kept(ORIGIN)
    assert (kept.note, kept.grounds) == (OTHER_7, "fork")
    assert alarms == [(kept.checkpoint, "fork")]
    history = {head.checkpoint.size: head.note for head in store.history(ORIGIN)}
    assert open_checkpoint(history[7], [LOG_KEY], [KEY]).checkpoint.root != kept.checkpoint.root


def test_a_request_that_cannot_be_read_is_400(witness, store):
    """And is not kept: nobody has signed anything."""
    answer = witness.add_checkpoint(b"nonsense")
    assert (answer.status, answer.body.partition(b":")[0]) == (400, b"witness.request")
    assert store.kept(ORIGIN) == []


@pytest.mark.parametrize("status", [404, 403])
def test_what_no_trusted_key_has_signed_is_not_kept(witness, store, log, status):
    """Strangers leave nothing behind."""
    stranger = SeedSigner(b"\x09" * 32)
    origin = ORIGIN if status == 403 else "elsewhere.example/log"
    assert witness.add_checkpoint(Log(log.words, origin, stranger).request(0)).status == status
    assert store.kept(origin) == []


def test_every_other_refusal_is_kept(witness, store, log):
    """400 for the old size, 409 and 422 keep the checkpoint, which the log has signed."""
    witness.add_checkpoint(log.request(0, 4))
    fork = log.fork(2)
    too_old = AddCheckpoint.of(9, (), fork.note(5)).encode()
    assert [witness.add_checkpoint(body).status for body in (too_old, fork.request(0, 6), fork.request(4, 7))] == [
        400,
        409,
        422,
    ]
    assert [(one.checkpoint.size, one.grounds) for one in store.kept(ORIGIN)] == [
        (5, "unproven"),
        (6, "unproven"),
        (7, "unproven"),
    ]


def test_asking_for_the_size_leaves_nothing_behind_with_an_honest_log(witness, store, log):
    """A log that asks from 0, is told the size and asks again, ends with a cosignature and an empty drawer."""
    witness.add_checkpoint(log.request(0, 4))
    answer = witness.add_checkpoint(log.request(0, 10))
    assert (answer.status, int(answer.body)) == (409, 4)
    assert [one.checkpoint.size for one in store.kept(ORIGIN)] == [10]
    assert witness.add_checkpoint(log.request(4, 10)).status == 200
    assert store.kept(ORIGIN) == []


def test_the_time_never_goes_back_and_is_never_zero(witness, clock, log):
    """A clock set back leaves the time standing; a clock at zero or before counts as one second past."""
    times = []
    for size, clock.now in ((2, -5), (3, 0), (4, START), (5, START - 86400 * 365), (6, START + 1), (7, 0)):
        times.append(time_of(witness.add_checkpoint(log.request(size - 1 if size > 2 else 0, size)), log, size))
    assert times == [1, 1, START, START, START + 1, START + 1]


def test_the_time_of_one_log_does_not_hold_up_another(store, clock, log):
    """Only the same log's last time counts."""
    other = Log().grow(3)
    other.origin, other.signer = "quittance.example/doha-2020/public", SeedSigner(b"\x08" * 32)
    keys = [LOG_KEY, VerifierKey(other.origin, 1, other.signer.public)]
    witness = Witness(store, NAME, SIGNER, trusted_logs(keys), lambda: clock.now)
    witness.add_checkpoint(log.request(0))
    clock.now = START - 100
    body = other.note().encode() + witness.add_checkpoint(other.request(0)).body
    assert open_checkpoint(body, keys, [KEY]).cosigned[0].time == START - 100


def test_the_same_head_is_cosigned_again_with_a_new_time(witness, clock, log):
    """Within one second the answer is the same bytes; later it has the later time."""
    first = witness.add_checkpoint(log.request(0))
    assert witness.add_checkpoint(log.request(10)).body == first.body
    clock.now += 60
    again = witness.add_checkpoint(log.request(10))
    assert (time_of(again, log, 10), opened(witness).cosigned[0].time) == (START + 60, START + 60)


def test_asking_again_within_a_second_writes_nothing(witness, store, log, monkeypatch):
    """A client that repeats a request cannot wear the disk."""
    witness.add_checkpoint(log.request(0))
    monkeypatch.setattr(store, "advance", None)
    assert witness.add_checkpoint(log.request(10)).status == 200


def test_the_checkpoint_it_shows_has_only_signatures_that_were_verified(witness, log):
    """Lines of unknown keys, which anybody may add, are not handed on; repeated lines come once."""
    note = log.note()
    junk = [NoteSignature(f"junk-{number}", b"1234", b"x" * 64) for number in range(20)]
    noisy = Note(note.text, (junk[0], note.signatures[0], note.signatures[0], *junk))
    assert witness.add_checkpoint(AddCheckpoint.of(0, (), noisy).encode()).status == 200
    found = opened(witness)
    assert (found.log_keys, [one.key for one in found.cosigned], found.unknown) == ((LOG_KEY,), [KEY], 0)
    assert len(found.note.signatures) == 2


def test_a_line_that_pretends_to_be_the_witness_is_not_taken_for_its_own(witness, log):
    """A failing signature under the witness's own name and key id does not reach its note or its answer."""
    note = log.note()
    fake = NoteSignature(NAME, KEY.id, b"\0" * 72)
    answer = witness.add_checkpoint(AddCheckpoint.of(0, (), Note(note.text, (*note.signatures, fake))).encode())
    assert time_of(answer, log, 10) == START
    assert opened(witness).cosigned[0].time == START


def test_there_is_no_checkpoint_of_an_unknown_or_new_log(witness):
    """Nothing is shown for a hash that is not of a configured log, nor before the first cosignature."""
    assert [witness.checkpoint(one) for one in (HEX, "0" * 64, HEX.upper(), "")] == [None] * 4


def test_a_courier_who_lost_the_answer_gets_it_again(witness, clock, log):
    """The last request, brought again, is cosigned again; an older one, or a fork of it, is not."""
    witness.answer_file(log.request(0, 4))
    first = witness.answer_file(log.request(4, 7))
    clock.now += 3600
    again = witness.answer_file(log.request(4, 7))
    assert (first.status, again.status, time_of(again, log, 7)) == (200, 200, START + 3600)
    assert witness.answer_file(log.request(0, 4)).body == b"7\n"
    assert witness.answer_file(log.fork(2).request(4, 7)).body == b"7\n"
    assert witness.add_checkpoint(log.request(4, 7)).status == 409  # over the network the protocol's word holds


def test_keys_are_not_mixed_up(store, log):
    """A store of another witness, a witness's key for a log, and a log's key for the witness are refused."""
    logs = {ORIGIN: (LOG_KEY,)}

    def code(act):
        with pytest.raises(UsageError) as caught:
            act()
        return caught.value.code

    assert code(lambda: Witness(store, NAME, SeedSigner(b"\x03" * 32), logs, lambda: 1)) == "witness.other_key"
    assert code(lambda: Witness(store, "other.example/w", SIGNER, logs, lambda: 1)) == "witness.other_key"
    assert code(lambda: trusted_logs([KEY])) == "witness.log_key"
    mine = VerifierKey(ORIGIN, 1, SIGNER.public)
    assert code(lambda: Witness(store, NAME, SIGNER, {ORIGIN: (mine,)}, lambda: 1)) == "witness.same_key"
    assert trusted_logs([LOG_KEY, mine]) == {ORIGIN: (LOG_KEY, mine)}


# --- interleaving -----------------------------------------------------------------------------------------------------


class SlowSigner:
    """A signer that records what it signs."""

    def __init__(self):
        self.signed = []

    public = SIGNER.public

    def sign(self, message):
        """Sign, after a while in which others may run."""
        self.signed.append(message.split(b"\n"))
        threading.Event().wait(0.005)
        return SIGNER.sign(message)


def require_one_history(heads, logs):
    """Each step from a size to the next larger one must be provable in one of the logs."""
    for old, new in pairwise(heads):
        assert old.checkpoint.size < new.checkpoint.size
        log = next(one for one in logs if one.checkpoint(new.checkpoint.size) == new.checkpoint)
        proof = log.tree.consistency(old.checkpoint.size, new.checkpoint.size)
        verify_consistency(old.checkpoint.root, old.checkpoint.size, new.checkpoint.root, new.checkpoint.size, proof)


def test_a_request_that_is_overtaken_is_decided_again(witness, store, log, monkeypatch):
    """Between decision and storing another request wins: the late one is told the new size and signs nothing."""
    witness.add_checkpoint(log.request(0, 4))
    stale, head = store.head(ORIGIN), store.head
    monkeypatch.setattr(witness, "_signer", recorder := SlowSigner())
    assert witness.add_checkpoint(log.request(4, 9)).status == 200
    seen = iter([stale])
    monkeypatch.setattr(store, "head", lambda origin: next(seen, None) or head(origin))
    answer = witness.add_checkpoint(log.request(4, 5))
    assert (answer.status, answer.body) == (409, b"9\n")
    assert [message[3] for message in recorder.signed] == [b"9"]


def test_threads_never_roll_back(tmp_path, log):
    """Many requests at once, honest and forked, through two openings of one store give one history."""
    log.grow(30)
    fork = log.fork(15)
    path = tmp_path / "witness.sqlite"
    WitnessStore.create(path, KEY).close()
    signer = SlowSigner()
    stores = [WitnessStore.open(path) for _ in range(2)]
    witnesses = [Witness(store, NAME, signer, {ORIGIN: (LOG_KEY,)}, lambda: START) for store in stores]
    start = threading.Barrier(6)
    cosigned = []

    def submit(number):
        mine, witness = (fork if number % 3 == 2 else log), witnesses[number % 2]
        start.wait()
        old = 0
        for size in range(1 + number % 3, 40, 3):
            answer = witness.add_checkpoint(mine.request(min(old, size), size))
            while answer.status == 409 and int(answer.body) <= size:
                old = int(answer.body)
                answer = witness.add_checkpoint(mine.request(old, size))
            if answer.status == 200:
                cosigned.append(mine.checkpoint(size))
                old = size

    threads = [threading.Thread(target=submit, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    history = stores[0].history(ORIGIN)
    assert len(history) > 5
    require_one_history(history, (log, fork))
    assert {head.checkpoint for head in history} == set(cosigned)
    roots = {(message[3], message[4]) for message in signer.signed}
    assert len({size for size, _ in roots}) == len(roots), "two roots were signed for one size"
    for store in stores:
        store.close()


CHILD = """
import sys
from pathlib import Path
from quittance.witness.store import WitnessStore
from quittance.witness.witness import Witness
from tests.unit.witness.logs import KEY, LOG_KEY, NAME, ORIGIN, SIGNER, START, Log
log = Log().grow(40)
mine = log.fork(20) if sys.argv[2] == "fork" else log
witness = Witness(WitnessStore.open(Path(sys.argv[1])), NAME, SIGNER, {ORIGIN: (LOG_KEY,)}, lambda: START)
print("ready", flush=True)
sys.stdin.readline()
old = 0
for size in range(1, 41):
    answer = witness.add_checkpoint(mine.request(min(old, size), size))
    while answer.status == 409 and int(answer.body) <= size:
        old = int(answer.body)
        answer = witness.add_checkpoint(mine.request(old, size))
    if answer.status == 200:
        print(size, mine.checkpoint(size).root.hex(), flush=True)
        old = size
"""


def test_two_processes_never_roll_back(tmp_path):
    """Two processes on one store, fed an honest and a forked log: what both answered is one history."""
    path = tmp_path / "witness.sqlite"
    store = WitnessStore.create(path, KEY)
    root = Path(__file__).parents[3]
    children = [
        subprocess.Popen(
            [sys.executable, "-c", CHILD, str(path), kind],
            cwd=root,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for kind in ("honest", "fork")
    ]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    answered = [line.split() for child in children for line in child.communicate(timeout=120)[0].splitlines()]
    assert [child.returncode for child in children] == [0, 0]
    log = Log().grow(40)
    history = store.history(ORIGIN)
    require_one_history(history, (log, log.fork(20)))
    found = {(head.checkpoint.size, head.checkpoint.root.hex()) for head in history}
    assert {(int(size), root) for size, root in answered} == found
    assert log.signer is LOG_SIGNER
    store.close()
