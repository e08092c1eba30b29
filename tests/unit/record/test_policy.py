"""Policies: the format to the letter, quorums over nested groups, and the grade of a checkpoint."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quittance.record.checkpoint import Checkpoint, cosign, sign
from quittance.record.keys import SeedSigner
from quittance.record.note import COSIGNATURE, ED25519, ML_DSA_COSIGNATURE, Note, NoteError, VerifierKey
from quittance.record.policy import Group, Policies, Policy, PolicyError

ORIGIN = "log.example/case"


def signer(number: int) -> SeedSigner:
    return SeedSigner(number.to_bytes(32, "big"))


def witness(number: int) -> VerifierKey:
    return VerifierKey(f"w{number}.example", COSIGNATURE, signer(number).public)


LOG = VerifierKey(ORIGIN, ED25519, signer(100).public)
OTHER_LOG = VerifierKey("other.example/case", ED25519, signer(101).public)
W = [witness(number) for number in range(6)]
KNOWN = f"log {LOG}\n" + "".join(f"witness w{number} {key}\n" for number, key in enumerate(W))


def policy(rest: str) -> Policy:
    return Policy.parse((KNOWN + rest).encode())


def refused(data: str | bytes) -> str:
    with pytest.raises(PolicyError) as caught:
        Policy.parse(data.encode() if isinstance(data, str) else data)
    return caught.value.code


def test_what_a_policy_says():
    """Logs, witnesses, groups and the quorum come out as they stand in the file."""
    found = policy("group g 2 w0 w1 w2\ngroup h any w3 g\ngroup i all w4 h\nquorum i\n")
    assert found.logs == (LOG,)
    assert {f"w{number}": key for number, key in enumerate(W)} == found.witnesses
    assert {"g": Group(2, ("w0", "w1", "w2")), "h": Group(1, ("w3", "g")), "i": Group(2, ("w4", "h"))} == found.groups
    assert found.quorum == "i"


def test_spaces_comments_and_addresses():
    """Tabs, runs of spaces, empty lines, comment lines and addresses change nothing."""
    plain = f"log {LOG}\nwitness a {W[0]}\ngroup g all a\nquorum g\n"
    other = (
        f"# a comment\n\n \t\n\t log \t {LOG}\thttps://log.example/ \n  #log x\n#\nwitness  a {W[0]} https://é.example\n"
        "group\tg\tall\ta\t\n   quorum g\n\n"
    )
    assert Policy.parse(plain.encode()) == Policy.parse(other.encode())


def test_names_are_bytes():
    """Names need not be UTF-8; two spellings of one letter are two names."""
    data = b"witness \xff %b\nwitness K %b\nwitness \xe2\x84\xaa %b\ngroup g all \xff K \xe2\x84\xaa\nquorum g\n"
    found = Policy.parse(data % tuple(str(key).encode() for key in W[:3]))
    assert found.holds(W[:3])
    assert not found.holds(W[:2])
    assert refused(b"witness \xff %b\nquorum \xfe\n" % str(W[0]).encode()) == "policy.name"


def test_a_line_may_follow_the_quorum():
    """Only names must come before their use."""
    assert policy(f"quorum w0\nwitness late {witness(7)}\n").holds([W[0]])


def test_no_quorum_and_one_witness():
    """`none` always holds; a quorum of one witness needs that one."""
    assert policy("quorum none\n").holds([])
    assert Policy.parse(b"quorum none\n").holds([])
    assert policy("quorum w1\n").holds([W[1], W[2]])
    assert not policy("quorum w1\n").holds([W[0], W[2]])


def test_a_witness_of_ml_dsa():
    """A witness may sign with type 6."""
    key = VerifierKey("pq.example", ML_DSA_COSIGNATURE, b"k" * 1312)
    assert policy(f"witness pq {key}\nquorum pq\n").holds([key])


@pytest.mark.parametrize(
    ("rest", "code"),
    [
        ("", "policy.quorum"),
        ("quorum w0\nquorum w0\n", "policy.quorum"),
        ("quorum none\nquorum none\n", "policy.quorum"),
        ("quorum w0", "policy.syntax"),
        ("quorum\n", "policy.syntax"),
        ("quorum w0 w1\n", "policy.syntax"),
        ("Quorum w0\n", "policy.syntax"),
        ("quorum w0 # why\n", "policy.syntax"),
        ("quorum w0\r\n", "policy.syntax"),
        ("quorum w0\x7f\n", "policy.syntax"),
        ("quorum w0\0\n", "policy.syntax"),
        ("quorum\u00a0w0\n", "policy.syntax"),
        ("log\nquorum w0\n", "policy.syntax"),
        (f"log {OTHER_LOG} a b\nquorum w0\n", "policy.syntax"),
        (f"witness x {witness(9)} a b\nquorum w0\n", "policy.syntax"),
        (f"witness {witness(9)}\nquorum w0\n", "policy.syntax"),
        ("group g any\nquorum g\n", "policy.syntax"),
        ("group g\nquorum w0\n", "policy.syntax"),
        ("quorum x\n", "policy.name"),
        ("quorum g\ngroup g any w0\n", "policy.name"),
        ("group g any x\nquorum g\n", "policy.name"),
        ("group g any g\nquorum g\n", "policy.name"),
        ("group g any h\ngroup h any g\nquorum g\n", "policy.name"),
        ("group g any none\nquorum g\n", "policy.name"),
        ("group none any w0\nquorum none\n", "policy.name"),
        (f"witness none {witness(9)}\nquorum none\n", "policy.name"),
        (f"witness w0 {witness(9)}\nquorum w0\n", "policy.name"),
        ("group w0 any w1\nquorum w0\n", "policy.name"),
        ("group g any w0\ngroup g any w1\nquorum g\n", "policy.name"),
        ("group g all w0 w0\nquorum g\n", "policy.member"),
        ("group g any w0 w1\ngroup h any w1\nquorum h\n", "policy.member"),
        ("group g any w0\ngroup h any g\ngroup i any g\nquorum i\n", "policy.member"),
        ("group g 0 w0\nquorum g\n", "policy.threshold"),
        ("group g 3 w0 w1\nquorum g\n", "policy.threshold"),
        ("group g 01 w0\nquorum g\n", "policy.threshold"),
        ("group g +1 w0\nquorum g\n", "policy.threshold"),
        ("group g -1 w0\nquorum g\n", "policy.threshold"),
        ("group g ANY w0\nquorum g\n", "policy.threshold"),
        ("group g ١ w0\nquorum g\n", "policy.threshold"),
        (f"group g {'9' * 5000} w0\nquorum g\n", "policy.threshold"),
        (f"log {LOG}\nquorum w0\n", "policy.duplicate_key"),
        (f"log {VerifierKey('new.example', ED25519, LOG.public)}\nquorum w0\n", "policy.duplicate_key"),
        (f"witness x {VerifierKey('x.example', COSIGNATURE, W[0].public)}\nquorum w0\n", "policy.duplicate_key"),
        (f"witness x {VerifierKey('x.example', COSIGNATURE, LOG.public)}\nquorum w0\n", "policy.duplicate_key"),
        (f"log {witness(9)}\nquorum w0\n", "policy.key"),
        (f"witness x {OTHER_LOG}\nquorum w0\n", "policy.key"),
        (f"witness x {witness(9)}=\nquorum w0\n", "policy.key"),
        ("witness x x.example\nquorum w0\n", "policy.key"),
        ("# " + "x" * 1_000_000 + "\nquorum w0\n", "policy.syntax"),
    ],
)
def test_broken_policies_are_refused(rest, code):
    """Each rule of the format has its code."""
    assert code == refused(KNOWN + rest)


def test_a_refusal_names_the_line():
    """The message says which line is at fault, counting comments and empty lines."""
    with pytest.raises(PolicyError, match=r"^Line 4 of the policy "):
        Policy.parse(f"# one\n\nwitness a {W[0]}\ngroup g 2 a\nquorum g\n".encode())


def test_a_policy_may_be_large():
    """Forty logs, forty witnesses and forty groups are read, and a chain of a thousand groups is evaluated."""
    logs = [VerifierKey(f"log{n}.example", ED25519, signer(1000 + n).public) for n in range(40)]
    keys = [witness(n) for n in range(2000, 2040)]
    lines = [f"log {key}" for key in logs] + [f"witness w{n} {key}" for n, key in enumerate(keys)]
    lines += [f"group g{n} any w{n}" for n in range(40)]
    lines += ["group top 33 " + " ".join(f"g{n}" for n in range(40)), "quorum top\n"]
    found = Policy.parse("\n".join(lines).encode())
    assert found.holds(keys[:33])
    assert not found.holds(keys[:32])
    chain = [f"witness g0 {keys[0]}"] + [f"group g{n} all g{n - 1}" for n in range(1, 1000)] + ["quorum g999\n"]
    assert Policy.parse("\n".join(chain).encode()).holds(keys[:1])
    assert not Policy.parse("\n".join(chain).encode()).holds(keys[1:])


TREES = st.recursive(st.just(None), lambda below: st.lists(below, min_size=1, max_size=4), max_leaves=12)


@given(TREES, st.data())
def test_quorums_of_any_shape(shape, data):
    """A policy written out from a tree of groups holds exactly when that tree, evaluated by itself, does."""
    leaves: list[VerifierKey] = []
    lines: list[str] = []

    def write(node) -> tuple[str, object]:
        if node is None:
            leaves.append(witness(3000 + len(leaves)))
            lines.append(f"witness n{len(lines)} {leaves[-1]}")
            return f"n{len(lines) - 1}", leaves[-1]
        members = [write(member) for member in node]
        needed = data.draw(st.integers(1, len(members)))
        word = data.draw(st.sampled_from([str(needed), *({1: ["any"]}.get(needed, []))]))
        lines.append(f"group n{len(lines)} {word} {' '.join(name for name, _ in members)}")
        return f"n{len(lines) - 1}", (needed, [member for _, member in members])

    def met(node, keys) -> bool:
        return node in keys if isinstance(node, VerifierKey) else sum(met(one, keys) for one in node[1]) >= node[0]

    name, tree = write(shape)
    found = Policy.parse("\n".join([*lines, f"quorum {name}\n"]).encode())
    for _ in range(5):
        keys = data.draw(st.sets(st.sampled_from(leaves)))
        assert met(tree, keys) == found.holds(keys)


JOINT = KNOWN + "group both all w0 w1\nquorum both\n"
RECORDED = KNOWN + "group third any w2 w3\nquorum third\n"
HEAD = Checkpoint(ORIGIN, 7, b"r" * 32)


def note(*witnesses: int, head: Checkpoint = HEAD, log: int = 100) -> bytes:
    lines = [cosign(head, W[number].name, signer(number), 5) for number in witnesses]
    return Note(head.text, (sign(head, signer(log)), *lines)).encode()


@pytest.mark.parametrize(
    ("witnesses", "grade"),
    [
        ((0, 1), "joint"),
        ((0, 1, 2), "joint"),
        ((0, 2), "recorded"),
        ((3,), "recorded"),
        ((1, 4), "signed"),
        ((), "signed"),
    ],
)
def test_the_grade_is_the_highest_that_holds(witnesses, grade):
    """Both sides, or else a third body, or else the log alone; without its signature there is no grade at all."""
    policies = Policies.of_texts({"recorded": RECORDED.encode(), "joint": JOINT.encode()})
    assert grade == policies.grade(policies.open(note(*witnesses)))
    with pytest.raises(NoteError) as caught:
        policies.open(note(*witnesses, log=102))
    assert caught.value.code == "note.log_signature"


def test_one_policy_is_enough():
    """With only one file, the other grade cannot be had."""
    joint = Policies.of_texts({"joint": JOINT.encode()})
    assert joint.grade(joint.open(note(2))) == "signed"
    recorded = Policies.of_texts({"recorded": RECORDED.encode()})
    assert recorded.grade(recorded.open(note(0, 1, 2))) == "recorded"


def test_a_witness_of_one_policy_only():
    """Keys of both files are known, but a witness counts only in the policy that names it."""
    policies = Policies.of_texts(
        {
            "joint": f"log {LOG}\nwitness a {W[0]}\nquorum a\n".encode(),
            "recorded": f"log {LOG}\nwitness b {W[1]}\nquorum b\n".encode(),
        }
    )
    assert {W[0], W[1]} == set(policies.witnesses)
    assert policies.logs == (LOG,)
    assert policies.grade(policies.open(note(0))) == "joint"
    assert policies.grade(policies.open(note(1))) == "recorded"


def test_a_log_of_one_policy_only():
    """A quorum counts for the logs that its own policy lists; a policy that lists none takes those of the other."""
    head = Checkpoint(OTHER_LOG.name, 7, b"r" * 32)
    texts = {"joint": JOINT.encode(), "recorded": f"log {OTHER_LOG}\nwitness c {W[2]}\nquorum c\n".encode()}
    policies = Policies.of_texts(texts)
    assert policies.grade(policies.open(note(0, 1, head=head, log=101))) == "signed"
    assert policies.grade(policies.open(note(2, head=head, log=101))) == "recorded"
    assert policies.grade(policies.open(note(2))) == "signed"
    open_joint = Policies.of_texts(texts | {"joint": JOINT.partition("\n")[2].encode()})
    assert open_joint.grade(open_joint.open(note(0, 1, head=head, log=101))) == "joint"


@pytest.mark.parametrize("texts", [{}, {"signed": JOINT.encode()}, {"joint": JOINT.encode(), "Joint": JOINT.encode()}])
def test_grades_that_have_no_policy(texts):
    """At least one of the two files is needed, and there is no third."""
    with pytest.raises(PolicyError) as caught:
        Policies.of_texts(texts)
    assert caught.value.code == "policy.grade"


@pytest.mark.parametrize(
    "line",
    [
        f"witness x {VerifierKey('x.example', COSIGNATURE, W[0].public)}",
        f"log {VerifierKey('x.example', ED25519, LOG.public)}",
        f"witness x {VerifierKey('x.example', COSIGNATURE, LOG.public)}",
    ],
)
def test_policies_that_conflict(line):
    """One public key has one name and one use in all files."""
    with pytest.raises(PolicyError) as caught:
        Policies.of_texts({"joint": JOINT.encode(), "recorded": f"{line}\nquorum none\n".encode()})
    assert caught.value.code == "policy.conflict"
