"""The standalone checker: what it accepts, and the code with which it refuses each broken log, receipt and bundle."""

from __future__ import annotations

import ast
import base64
import importlib.util
import json
import random
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CHECKER = ROOT / "checker" / "quittance_check.py"
VECTORS = json.loads((ROOT / "tests/golden/record/formats.json").read_text("utf-8"))
MINI = VECTORS["mini_log"]


def load(path: Path, name: str):
    """A module from its file; neither is part of a package."""
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


checker = load(CHECKER, "quittance_check")
build = load(Path(__file__).with_name("build.py"), "checker_build")


def place(folder: Path, files: dict[str, bytes]) -> Path:
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def check(*arguments: object):
    return checker.check([str(argument) for argument in arguments])


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    """The checker as an outsider runs it: alone, isolated from everything installed beside it but `cryptography`."""
    command = [sys.executable, "-I", str(CHECKER), *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


def mini_files() -> dict[str, bytes]:
    leaves = [entry["leaf_utf8"].encode() for entry in MINI["entries"]]
    return {
        "checkpoint": MINI["checkpoint_size_7_utf8"].encode(),
        "notes/4": MINI["checkpoint_size_4_utf8"].encode(),
        "notes/7": MINI["checkpoint_size_7_utf8"].encode(),
        MINI["level0_partial_tile_path"]: bytes.fromhex(MINI["level0_partial_tile_hex"]),
        MINI["entry_bundle_path"]: build.bundle(leaves),
        **mini_policy(),
    }


def mini_policy() -> dict[str, bytes]:
    return {f"policy/{grade}": VECTORS["policy"][f"{grade}_utf8"].encode() for grade in ("joint", "recorded")}


@pytest.fixture(scope="module")
def mini(tmp_path_factory) -> Path:
    return place(tmp_path_factory.mktemp("mini"), mini_files())


@pytest.fixture(scope="module")
def case(tmp_path_factory) -> Path:
    return place(tmp_path_factory.mktemp("case"), build.good())


# Accepted


def test_the_seven_entries_of_the_vectors_are_accepted(mini):
    """The mirror made from the vectors is accepted, and flagged because it is not strict."""
    done = run("mirror", mini, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["ok"] is True
    assert answer["origin"] == MINI["origin"]
    assert answer["size"] == answer["entries_checked"] == 7
    root = base64.b64decode(MINI["checkpoint_size_7_text_utf8"].split("\n")[2])
    assert answer["root"] == root.hex()
    assert answer["grade"] == "joint"
    assert answer["cosigners"] == ["neutral.example/witness", "party-a.example/witness", "party-b.example/witness"]
    assert answer["signatures_checked"] == sum(len(entry["signers"]) for entry in MINI["entries"])
    assert answer["first_bad_index"] is None
    assert answer["reason"] is None
    flags = [(flag["flag"], flag["index"]) for flag in answer["flags"]]
    # Entries 0 to 3 of the vectors claim six hours after the cosignatures of the head that covers them.
    assert flags == [("founding_not_countersigned", None), *(("postdated", index) for index in range(4))]
    assert answer["not_checked"] != []


def test_without_a_policy_of_ones_own_the_keys_are_shown_for_comparison(mini):
    """Where the policy comes with the copy, the text says so and prints the fingerprint of each key."""
    done = run("mirror", mini)
    assert done.returncode == 0
    assert "Trust rests on the keys shipped with the copy" in done.stdout
    for key in VECTORS["keys"].values():
        assert checker.sha256(bytes.fromhex(key["public_hex"])).hex() in done.stdout
    own = run("mirror", mini, "--policy", mini / "policy")
    assert own.returncode == 0
    assert "Trust rests" not in own.stdout


@pytest.mark.parametrize(
    ("name", "size", "flags"),
    [
        (
            "case",
            355,
            {
                ("list_incomplete", 26),
                ("count_differs", 71),
                ("backdated", 303),
                ("postdated", 304),
                ("seen_note_missing", 305),
                ("doubtful", 306),
                ("doubtful", 308),
            },
        ),
        ("public", 8, {("founding_not_countersigned", None)}),
        ("access", 7, set()),
    ],
)
def test_sound_logs_are_accepted_with_their_flags(tmp_path, name, size, flags):
    """A sound log of each sort is accepted; entries that stand with a warning are flagged, and no others."""
    code, answer = check("mirror", place(tmp_path, build.good(name)))
    assert (code, answer["reason"], answer["entries_checked"]) == (0, None, size)
    assert {(flag["flag"], flag["index"]) for flag in answer["flags"]} == flags


def test_every_kind_stands_in_the_sound_logs():
    """The three sound logs hold every kind of the table, so that none is accepted unseen."""
    logs = (build.good_case(), build.good_public(), build.good_access())
    assert {json.loads(leaf)["kind"] for log in logs for leaf in log.leaves} == set(checker.KINDS)


def test_the_table_of_kinds_is_that_of_the_reference():
    """Signers, bodies, people, references and logs of each kind are those of the reference, cell by cell."""
    rows = {}
    for line in (ROOT / "docs/reference/record-format.md").read_text("utf-8").splitlines():
        cells = [cell.strip().replace("`", "") for cell in line.strip("|").split("|")]
        if len(cells) == 6 and re.fullmatch(r"[a-z]+\.[a-z_]+", cells[0]):
            slots = [alternative.split(" + ") for alternative in cells[1].split(" or ")]
            body = "journal" if cells[2] == "a journal entry" else cells[2].replace(",", "")
            rows[cells[0]] = checker.Kind(slots, body, cells[3], cells[4], cells[5].split(", "))
    assert {
        name: (kind.alternatives, kind.body, kind.people, kind.relation, kind.logs) for name, kind in rows.items()
    } == {
        name: (kind.alternatives, kind.body, kind.people, kind.relation, kind.logs)
        for name, kind in checker.KINDS.items()
    }


def test_a_log_of_size_zero_is_accepted(tmp_path):
    """Nothing is an honest log too, if its root is that of the empty tree."""
    code, answer = check("mirror", place(tmp_path, build.Builder().files()))
    assert (code, answer["size"], answer["entries_checked"]) == (0, 0, 0)


def test_several_hundred_tiles_deep(tmp_path):
    """Roots, inclusion proofs and tile paths are those of the vectors, up to 70,000 leaves."""
    log, tree = VECTORS["generated_log"], checker.Tree()
    for index in range(70_000):
        tree.append(b"quittance test leaf %d" % index)
    assert {size: tree.root(int(size)).hex() for size in log["root_hex_by_size"]} == log["root_hex_by_size"]
    for one in [*log["inclusion"]]:
        proof = [bytes.fromhex(each) for each in one["proof_hex"]]
        index, size = one["index"], one["size"]
        assert checker.root_by_proof(tree.levels[0][index], index, size, proof) == tree.root(size)
        assert checker.root_by_proof(tree.levels[0][index], index, size, [*proof, bytes(32)]) is None
        assert checker.root_by_proof(tree.levels[0][index], index, size, proof[:-1]) is None
    for number, path in VECTORS["tile_index_path"].items():
        assert checker.tile_path(0, int(number), 256) == f"tile/0/{path}"


# Refused: one broken log for each rule


@pytest.mark.parametrize(
    "number", range(len(build.BROKEN)), ids=[name.replace(" ", "-") for name, _, _ in build.BROKEN]
)
def test_a_log_that_breaks_one_rule_is_refused_with_its_code(tmp_path, number):
    """Each rule of the format has logs that break only it; the checker says which."""
    _, code, files = build.broken_log(number)
    exit_code, answer = check("mirror", place(tmp_path, files))
    assert (exit_code, answer["ok"], answer["reason"]) == (1, False, code)


def test_every_code_of_the_rules_has_a_broken_log():
    """No code that the reference gives to a rule is without a log that earns it."""
    text = (ROOT / "docs/reference/record-format.md").read_text("utf-8")
    given = set(re.findall(r"\(`((?:record|entry)\.[a-z_]+)`\)", text)) | set(
        re.findall(r"else `(record\.[a-z_]+)`", text)
    )
    given -= set(checker.KINDS)
    assert len(given) > 25
    assert given - {code for _, code, _ in build.BROKEN} == set()


def test_the_first_failing_index_is_named(tmp_path):
    """The index is that of the first entry that fails, even if later ones fail too."""
    log = build.begun()
    at = len(log.leaves)
    log.add("batch.cancelled", {}, build.OP)
    log.add("batch.cancelled", {}, build.OP)
    code, answer = check("mirror", place(tmp_path, log.files()))
    assert (code, answer["reason"], answer["first_bad_index"]) == (1, "entry.kind_unknown", at)
    assert answer["entries_checked"] == at


def test_one_changed_byte_is_refused_wherever_it_is(tmp_path, case):
    """Of 80 random changes of one byte in the files that are read, none passes."""
    chance = random.Random(20200408)
    read = sorted(path for path in build.good() if not path.startswith("policy/"))
    sizes = [(case / path).stat().st_size for path in read]
    policy = place(tmp_path, {path: data for path, data in build.good().items() if path.startswith("policy/")})
    accepted = []
    for path in chance.choices(read, weights=[size**0.5 for size in sizes], k=80):
        whole = (case / path).read_bytes()
        at = chance.randrange(len(whole))
        (case / path).write_bytes(whole[:at] + bytes([whole[at] ^ chance.randrange(1, 256)]) + whole[at + 1 :])
        code, answer = check("mirror", case, "--policy", policy / "policy", "--known-only")
        (case / path).write_bytes(whole)
        if code != 1 or answer["ok"]:
            accepted.append((path, at))
    assert accepted == []
    assert check("mirror", case, "--policy", policy / "policy", "--known-only")[0] == 0


def test_a_signature_line_of_an_unknown_key_is_passed_over_but_counted(tmp_path):
    """The format passes over unknown keys, so a changed name loses a cosigner: it is counted, and can be refused."""
    files = build.good("public")
    files["checkpoint"] = files["checkpoint"].replace(b"a.example/", b"z.example/")
    folder = place(tmp_path, files)
    code, answer = check("mirror", folder)
    assert (code, answer["grade"], answer["unknown_signatures"]) == (0, "recorded", 1)
    assert check("mirror", folder, "--known-only")[1]["reason"] == "note.unknown_key"
    assert check("mirror", folder, "--min-grade", "joint")[1]["reason"] == "grade.too_low"
    assert check("mirror", folder, "--min-grade", "recorded")[0] == 0


def test_nothing_but_a_refusal_comes_of_hostile_statements():
    """Whatever stands in a well-signed statement, it is taken or refused, and the checker does not fall over."""
    chance = random.Random(7)
    strange = [
        None,
        True,
        -1,
        0,
        2**53 - 1,
        "",
        "x",
        "ab" * 32,
        [],
        ["x"],
        [None],
        {},
        {"x": 1},
        [[]],
        "B-1",
        "2020-04-08T00:00:00Z",
    ]
    sound = [
        json.loads(build.base64.b64decode(json.loads(leaf)["envelope"]["payload"])) for leaf in build.good_case().leaves
    ]
    pairs = [build.OP, build.A, build.B, build.N, build.M]
    outcomes = set()
    begun = build.begun()
    for _ in range(300):
        said = json.loads(json.dumps(chance.choice(sound[:60])))
        spot = chance.choice([said, said["body"], said.get("seen") or said, said.get("commitments", said)])
        if spot:
            spot[chance.choice(list(spot))] = chance.choice(strange)
        signers = tuple(chance.sample(pairs, chance.randrange(1, 4)))
        if not isinstance(said.get("kind"), str):
            continue
        log, tree = build.copy.deepcopy(begun), checker.Tree()
        log.append(log.leaf({"log": log.origin, **said}, signers)[0])
        replay = checker.Log(log.origin, tree)
        try:
            for index, leaf in enumerate(log.leaves):
                tree.append(leaf)
                replay.admit(leaf, index)
            outcomes.add("accepted")
        except checker.Refused as refusal:
            outcomes.add(refusal.code)
    assert len(outcomes) > 10


# Flags


def flags_of(folder: Path) -> set[tuple[str, int | None]]:
    code, answer = check("mirror", folder)
    assert (code, answer["reason"]) == (0, None)
    return {(flag["flag"], flag["index"]) for flag in answer["flags"]}


def test_times_are_flagged_beyond_ten_minutes(tmp_path):
    """The newest time in the note seen is the lower bound, the earliest above is the upper; ten minutes are allowed."""
    log = build.begun()
    low, high = log.now() + 5000, log.now() + 9000

    def publish(first: int, second: int) -> None:
        text = log.text()
        lines = log.note(text, "B", second).decode().splitlines(keepends=True)
        note = log.note(text, "A", first) + lines[-1].encode()
        size = len(log.leaves)
        log.notes[f"notes/{size}"] = note
        log.sizes.append(size)
        log.seen = {"size": size, "root": build.b64(build.root_of(log.hashes)), "note_sha256": build.sha256(note).hex()}

    publish(low - 1000, low)
    at = len(log.leaves)
    for number, claimed in enumerate((low - 600, low - 601, high + 600, high + 601)):
        log.fact(number, claimed_at=build.instant(claimed))
    publish(high, high + 1000)
    log.fact(9, claimed_at=build.instant(high + 1600))
    publish(high + 5000, high + 5000)
    assert flags_of(place(tmp_path, log.files())) == {("backdated", at + 1), ("postdated", at + 3)}


def test_without_cosignatures_the_bracket_is_open(tmp_path):
    """A head that nobody has cosigned bounds nothing."""
    log = build.begun()
    log.notes, log.sizes = {}, []
    log.publish("")
    log.fact(1, claimed_at="1990-01-01T00:00:00Z", seen={**log.seen})
    log.fact(2, claimed_at="2990-01-01T00:00:00Z")
    log.publish("")
    flags = flags_of(place(tmp_path, log.files()))
    assert not {flag for flag in flags if flag[0] in ("backdated", "postdated")}


def test_what_a_compromised_key_signed_is_doubtful_until_another_key_stands_behind_it(tmp_path):
    """From the index named on, and unless another key countersigned; the same key cannot."""
    log = build.begun()
    before = len(log.leaves)
    sids = [log.add("fact.stated", build.journal(number, by="side-b"), build.B) for number in range(4)]
    log.countersign(build.B, sids[2])
    log.countersign(build.N, sids[3])
    log.revoke(build.B, build.OP, compromised_since=before + 1)
    flags = flags_of(place(tmp_path, log.files()))
    assert flags == {("doubtful", before + 1), ("doubtful", before + 2), ("doubtful", before + 4)}


def test_a_later_word_may_name_an_earlier_index_as_compromised(tmp_path):
    """A key that has ended is revoked once more, and the earlier of both indexes counts."""
    log = build.begun()
    before = len(log.leaves)
    for number in range(2):
        log.add("fact.stated", build.journal(number, by="side-b"), build.B)
    log.revoke(build.B, build.OP, compromised_since=before + 1)
    log.revoke(build.B, build.OP, compromised_since=before)
    assert flags_of(place(tmp_path, log.files())) == {("doubtful", before), ("doubtful", before + 1)}


# Allowed, although it looks as if it were not


def is_fitting(judgement: str, grade: str) -> bool:
    """Whether a judgement goes with the score, so that it needs no reason."""
    return grade == "none" or judgement != ("same" if grade < "p50" else "different")


@pytest.mark.parametrize(
    "allowed",
    [
        lambda log: log.observe("B-9", 1, commitment="other"),
        lambda log: log.observe("B-1", 3),
        lambda log: (log.withdraw(log.observed, build.N, commitments=build.people(2, 1)),
                     log.observe("B-1", 1, 2, 3)),
        lambda log: log.observe("B-9"),
        lambda log: [log.add("count.contested", {"commitment": "x", "batch": "B-1", "count": 1}, build.A)
                     for _ in "12"],
        lambda log: [log.add("list.submitted", {"list": "L-1", "count": 1}, one, commitments=build.people(7))
                     for one in (build.A, build.B)],
        lambda log: (log.part(build.A, 9, 8, 7, ordered=False), log.part(build.A, 8, 7, version=2)),
        lambda log: (log.part(build.A, parts=2), log.part(build.A, 7, part=2, parts=2), log.part(build.B, 7)),
        lambda log: (log.part(build.A, 7, parts=2), log.add("list.withdrawn", {"list": "L-1"}, build.A),
                     log.part(build.A, 7, parts=3)),
        lambda log: [log.judge(judgement, "none", 7, 8) for judgement in ("same", "different", "same", "same")],
        lambda log: [log.judge(judgement, grade, 7, 8, **({} if is_fitting(judgement, grade) else {"reason": "number"}))
                     for judgement in ("same", "different", "unsure")
                     for grade in ("none", "p00", "p10", "p30", "p50", "p70", "p90", "p97")],
        lambda log: log.judge("unsure", "p97", 7, 8, reason="other"),
        lambda log: log.add("match.undone", {"grade": "x"}, build.N, commitments=build.people(7, 8, 9)),
        lambda log: (log.revoke(build.B, build.OP), log.revoke(build.B, build.OP, compromised_since=3)),
        lambda log: log.revoke(build.A, build.A),
        lambda log: (log.enrol(build.C, build.N, party=...), log.batch("B-7", 1)),
        lambda log: log.rotate(build.OP, build.OP3, build.OP, build.OP3),
        lambda log: log.rotate(build.A, build.A2, build.OP2, build.A, build.A2),
        lambda log: log.fact(50, event_at="1999-12-31T23:59:59Z", commitments={"note": [build.handle(1)] * 2}),
        lambda log: log.add("fact.reported", build.journal(50, of=[], known="2020-05-01", source=["a"]), build.OP),
    ],
    ids=["person again in another commitment", "rest of the batch", "handover again once withdrawn", "nobody came",
         "contested twice", "one list id from both sides", "list in one part, in any order", "part without persons",
         "list begun anew after a part", "judged again and again", "judged in every way",
         "reason that is not needed", "match of three undone",
         "revoked once more", "own key revoked", "key without party",
         "operator key rotated by itself", "party key rotated with another operator key", "earlier event",
         "journal entry of no commitment"],
)  # fmt: skip
def test_what_the_rules_allow_is_accepted(tmp_path, allowed):
    """A checker that refuses too much would be as useless as one that refuses too little."""
    log = build.copy.deepcopy(build.small_case())
    allowed(log)
    code, answer = check("mirror", place(tmp_path, log.files()))
    assert (code, answer["reason"], answer["why"]) == (0, None, None)


# Heads kept from before


def test_a_head_kept_from_before_is_the_beginning_of_the_log(mini):
    """The head of size 4 is found again in the tree of size 7."""
    code, answer = check("mirror", mini, "--since", mini / "notes/4")
    assert (code, answer["reason"]) == (0, None)


def test_a_fork_of_equal_size_is_found(mini, tmp_path):
    """Another signed head of the same size is a fork: the pair of both is the evidence."""
    kept = tmp_path / "kept"
    kept.write_text(VECTORS["fork"]["checkpoint_size_7_other_utf8"], "utf-8")
    done = run("mirror", mini, "--since", kept)
    assert done.returncode == 1
    assert "[fork]" in done.stdout
    assert "keep both" in done.stdout


def test_a_fork_of_unequal_size_is_found(tmp_path):
    """A kept head of a smaller size with another root is a fork."""
    log = build.begun()
    log.fact(1)
    log.files()
    kept = tmp_path / "kept"
    kept.write_bytes(log.notes[f"notes/{log.sizes[-1]}"])
    other = build.begun()
    other.fact(2)
    other.fact(3)
    code, answer = check("mirror", place(tmp_path / "mirror", other.files()), "--since", kept)
    assert (code, answer["reason"]) == (1, "fork")


def test_a_rollback_is_found(tmp_path):
    """A checkpoint smaller than the head that was kept is a rollback."""
    files = mini_files()
    kept = tmp_path / "kept"
    kept.write_bytes(files.pop("notes/7"))
    files["checkpoint"] = files["notes/4"]
    code, answer = check("mirror", place(tmp_path / "mirror", files), "--since", kept)
    assert (code, answer["reason"]) == (1, "rollback")


def test_a_kept_head_that_is_damaged_is_refused(mini, tmp_path):
    """A kept head is verified like any other."""
    kept = tmp_path / "kept"
    kept.write_bytes(MINI["checkpoint_size_4_utf8"].replace("\n4\n", "\n5\n").encode())
    assert check("mirror", mini, "--since", kept)[1]["reason"] == "note.signature"


def test_the_log_expected_can_be_named(mini):
    """With --origin, a log of another name is refused although the policy knows it."""
    assert check("mirror", mini, "--origin", MINI["origin"])[0] == 0
    code, answer = check("mirror", mini, "--origin", "other.example/x/case")
    assert (code, answer["reason"]) == (1, "note.origin")


def test_the_structure_alone(tmp_path):
    """With --structure-only the hashes are checked and the rules are not, and it says so."""
    log = build.begun()
    log.add("batch.cancelled", {}, build.OP)
    folder = place(tmp_path, log.files())
    code, answer = check("mirror", folder, "--structure-only")
    assert (code, answer["entries_checked"]) == (0, 0)
    assert "--structure-only" in answer["not_checked"][0]
    (folder / "tile/entries/000.p" / str(len(log.leaves))).write_bytes(b"")
    assert check("mirror", folder, "--structure-only")[1]["reason"] == "bundle.form"


def test_files_that_nobody_reads_are_named(tmp_path):
    """A file beside the format is not checked, and the answer says so, without obeying its name."""
    folder = place(tmp_path, {**build.good("public"), "keys\x1b[31m.jsonl": b"x"})
    done = run("mirror", folder)
    assert done.returncode == 0
    assert "1 files that this check does not read" in done.stdout
    assert "\x1b" not in done.stdout


# Grades and policies


@pytest.mark.parametrize("one", VECTORS["policy"]["cases"], ids=lambda one: "".join(one["cosigners"]) or "none")
def test_grades_follow_from_the_witness_keys(one):
    """The grade is the highest whose quorum holds."""
    policies = checker.Policies(lambda grade: VECTORS["policy"][f"{grade}_utf8"].encode(), shipped=False)
    policy = policies.by_grade["joint"]
    assert policies.grade({*policy.logs, *(policy.witnesses[name] for name in one["cosigners"])}) == one["grade"]


@pytest.mark.parametrize("number", range(9), ids=VECTORS["policy"]["must_refuse_why"])
def test_a_bad_policy_is_not_used(mini, tmp_path, number):
    """A policy that the format does not allow is unreadable, and nothing is judged by it."""
    text = VECTORS["policy"]["must_refuse_utf8"][number].encode()
    place(tmp_path, {**mini_policy(), "policy/recorded": text})
    code, answer = check("mirror", mini, "--policy", tmp_path / "policy")
    assert (code, answer["reason"]) == (2, "policy.form")


SOUND = VECTORS["policy"]["recorded_utf8"]
WEAK = build.copy.copy(build.STRANGER)
WEAK.public = bytes([1]) + bytes(31)


@pytest.mark.parametrize(
    "text",
    {
        "member not defined": SOUND.replace("any N X", "any N Y"),
        "member none": SOUND.replace("any N X", "any N none"),
        "group without members": SOUND.replace("any N X", "any"),
        "threshold with leading zero": SOUND.replace("any N X", "01 N X"),
        "name defined twice": SOUND.replace("group recorded", "group N"),
        "witness called none": SOUND.replace("witness A ", "witness none "),
        "no quorum line": SOUND.replace("quorum recorded\n", ""),
        "no newline at the end": SOUND[:-1],
        "control character in a comment": SOUND.replace("# grade", "# \x07grade"),
        "carriage returns": SOUND.replace("\n", "\r\n"),
        "unknown line": SOUND + "trust everybody\n",
        "vkey with another key id": SOUND.replace("+ce20dd02+", "+ce20dd03+"),
        "vkey with another name": SOUND.replace("neutral.example/witness", "neutral.example/witnes"),
        "witness key for the log": SOUND + "log " + build.STRANGER.vkey("x.example/log", 4) + "\n",
        "log key for a witness": SOUND + "witness Y " + build.STRANGER.vkey("x.example/log", 1) + "\n",
        "key of small order": SOUND + "witness Y " + WEAK.vkey("x.example/witness", 4) + "\n",
        "log listed twice": SOUND + SOUND.split("\n")[1] + "\n",
    }.items(),
    ids=lambda one: one[0],
)
def test_a_policy_that_is_not_in_its_form_is_not_read(text):
    """Each breaks one sentence of the policy's format; the sound one is read."""
    assert checker.parse_policy(SOUND.encode()).quorum == "recorded"
    with pytest.raises(checker.Refused) as refusal:
        checker.parse_policy(text[1].encode())
    assert refusal.value.code == "policy.form"


def test_one_witness_key_counts_once():
    """A key that has cosigned twice is one witness."""
    log = build.begun()
    note = log.note(log.text(), "AA")
    policies = checker.Policies(lambda grade: log.policy["policy/" + grade], shipped=False)
    head = checker.open_head(note, policies, None)
    assert len(head.times) == 2
    assert policies.grade(head.signed) == "signed"


def test_one_public_key_has_one_name():
    """A witness key that stands under another name in the other file is refused."""
    log = build.begun()
    texts = dict(log.policy)
    other = build.key("a.example/witness").vkey("z.example/witness", 4)
    texts["policy/recorded"] = re.sub(rb"a\.example/witness\S+", other.encode(), texts["policy/recorded"])
    with pytest.raises(checker.Unreadable, match="two names"):
        checker.Policies(lambda grade: texts["policy/" + grade], shipped=False)


# Receipts, openings, bundles


def receipt_files(tmp_path: Path, text: bytes) -> tuple[Path, Path]:
    place(tmp_path, {**mini_policy(), "receipt.tlog-proof": text})
    return tmp_path / "receipt.tlog-proof", tmp_path / "policy"


def test_the_receipt_of_the_vectors_is_accepted(tmp_path):
    """The receipt of entry 4 is accepted, and says what one entry cannot show."""
    receipt, policy = receipt_files(tmp_path, MINI["receipt_index_4_utf8"].encode())
    done = run("receipt", receipt, "--policy", policy, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert (answer["index"], answer["kind"], answer["sid"]) == (4, "handover.observed", MINI["entries"][4]["sid_hex"])
    assert (answer["grade"], answer["entries_checked"], answer["signatures_checked"]) == ("joint", 1, 0)
    assert "public keys" in answer["not_checked"][0]


CODES_OF_STEP = {
    "inclusion": {"proof.inclusion"},
    "parse or inclusion": {"proof.inclusion"},
    "parse": {"receipt.form"},
    "log signature": {"note.signature"},
    "parse checkpoint": {"note.form"},
    "origin not accepted": {"note.origin"},
    "note: a signature from a known key fails, the whole note is rejected": {"note.signature"},
    "parse note": {"note.form"},
}


@pytest.mark.parametrize("one", VECTORS["receipt_negative"], ids=lambda one: one["name"])
def test_every_broken_receipt_of_the_vectors_is_refused(tmp_path, one):
    """Each of the broken receipts fails at its step; other readers are known to accept some of them."""
    receipt, policy = receipt_files(tmp_path, one["receipt_utf8"].encode())
    code, answer = check("receipt", receipt, "--policy", policy)
    assert (code, answer["ok"]) == (1, False)
    assert answer["reason"] in CODES_OF_STEP[one["fails_at"]]


def test_receipts_of_every_entry_are_accepted(tmp_path):
    """Whatever its kind and place in the tree, an entry of a sound log has a receipt that holds."""
    log = build.copy.deepcopy(build.good_case())
    place(tmp_path, {**log.files(), "openings": b""})
    for index in [*range(0, 296, 7), 255, 256, 294, 295]:
        (tmp_path / "receipt").write_bytes(log.receipt(index))
        code, answer = check("receipt", tmp_path / "receipt", "--policy", tmp_path / "policy")
        assert (code, answer["reason"], answer["index"]) == (0, None, index)


@pytest.mark.parametrize(
    "code",
    ["entry.kind_unknown", "entry.body", "record.people", "record.wrong_log", "record.unsigned", "record.fingerprint",
     "key.public", "entry.too_large", "canon.not_canonical"],
)  # fmt: skip
def test_what_an_entry_shows_alone_is_checked_in_its_receipt(tmp_path, code):
    """A receipt is refused for whatever its entry breaks by itself."""
    breaking = next(function for _, expected, function in build.BROKEN if expected == code)
    log = build.copy.deepcopy(build.small_case())
    breaking(log)
    place(tmp_path, log.files())
    (tmp_path / "receipt").write_bytes(log.receipt(len(log.leaves) - 1))
    exit_code, answer = check("receipt", tmp_path / "receipt", "--policy", tmp_path / "policy")
    assert (exit_code, answer["reason"], answer["first_bad_index"]) == (1, code, len(log.leaves) - 1)


def bundle_files(**change) -> dict[str, bytes]:
    log = build.copy.deepcopy(build.small_case())
    files = log.files()
    index = next(at for at, leaf in enumerate(log.leaves) if b'"handover.observed"' in leaf)
    openings = {
        "format": "quittance-openings/1",
        "sid": log.observed,
        "openings": [build.opening(1), build.opening(2)],
        **change,
    }
    return {
        "receipt.tlog-proof": log.receipt(index),
        "openings.json": json.dumps(openings, indent=1).encode(),
        "policy/joint": files["policy/joint"],
        "policy/recorded": files["policy/recorded"],
        "README.txt": b"Check it with quittance_check.py bundle.",
    }


def zipped(path: Path, files: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_a_bundle_is_accepted_as_zip_file_and_as_folder(tmp_path):
    """An evidence bundle needs nothing else; its openings are those committed to."""
    done = run("bundle", zipped(tmp_path / "b.zip", bundle_files()))
    assert done.returncode == 0, done.stdout
    assert "openings that match: 2" in done.stdout
    assert "Trust rests on the keys shipped with the copy" in done.stdout
    assert check("bundle", place(tmp_path / "b", bundle_files()))[0] == 0


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"sid": "ab" * 32}, "opening.mismatch"),
        ({"openings": [["person", "R-0003", build.opening(1)[2]]]}, "opening.mismatch"),
        ({"openings": [["name", *build.opening(1)[1:]]]}, "opening.mismatch"),
        ({"openings": [["person", "R-0001", build.opening(2)[2]]]}, "opening.mismatch"),
        ({"openings": [["person", "R-0001", "AAAA"]]}, "opening.form"),
        ({"openings": [["person", "R-0001"]]}, "opening.form"),
        ({"openings": {}}, "opening.form"),
        ({"format": "quittance-openings/2"}, "opening.form"),
        ({"more": 1}, "opening.form"),
        ({"openings": [["person", 1.5, build.opening(1)[2]]]}, "opening.form"),
    ],
)
def test_openings_that_do_not_open_are_refused(tmp_path, change, code):
    """An opening of another statement, field, value or salt does not match; one of another form is not read."""
    answer = check("bundle", zipped(tmp_path / "b.zip", bundle_files(**change)))[1]
    assert (answer["ok"], answer["reason"]) == (False, code)


@pytest.mark.parametrize("one", VECTORS["commitment"]["cases"], ids=lambda one: one["jcs_hex"][-12:])
def test_commitments_are_those_of_the_vectors(one):
    """The commitment of each case of the vectors is found again from its opening."""
    said = {"agreement": one["agreement"], "commitments": {one["field"]: [one["commitment_b64"]]}}
    entry = checker.Entry("", said, {}, [], [], 0, b"", "ab" * 32, [])
    salt = build.b64(bytes.fromhex(one["salt_hex"]))
    openings = {"format": "quittance-openings/1", "sid": entry.sid, "openings": [[one["field"], one["value"], salt]]}
    assert checker.check_openings(json.dumps(openings).encode(), entry) == 1


@pytest.mark.parametrize("name", ["../evil", "/etc/x", "policy/../receipt.tlog-proof", "more.txt", "policy\\joint"])
def test_a_bundle_with_another_name_is_refused(tmp_path, name):
    """Only the names of the format are read; nothing is ever unpacked to a path."""
    answer = check("bundle", zipped(tmp_path / "b.zip", {**bundle_files(), name: b"x"}))[1]
    assert answer["reason"] == "bundle.form"


def test_a_bundle_that_unpacks_to_a_flood_is_refused(tmp_path):
    """A member is read up to its bound, however small it is when packed."""
    files = {**bundle_files(), "README.txt": bytes(50_000_000)}
    code, answer = check("bundle", zipped(tmp_path / "b.zip", files))
    assert (code, answer["reason"]) == (1, "bundle.form")


def test_a_bundle_with_a_name_twice_is_refused(tmp_path):
    """Which of two files of one name counts must not depend on the reader."""
    path = zipped(tmp_path / "b.zip", bundle_files())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("policy/joint", b"quorum none\n")
    assert check("bundle", path)[1]["reason"] == "bundle.form"


def test_a_bundle_packed_in_an_unusual_way_is_refused(tmp_path):
    """Only stored and deflated members are read."""
    assert check("bundle", zipped(tmp_path / "b.zip", bundle_files(), zipfile.ZIP_LZMA))[1]["reason"] == "bundle.form"


# Unreadable, and wrong use


@pytest.mark.parametrize(
    ("command", "reason"),
    [("mirror", "policy.missing"), ("receipt", "policy.missing"), ("bundle", "bundle.form")],
)
def test_what_is_not_there_is_unreadable(tmp_path, command, reason):
    """A missing file is no refusal: there is nothing to judge."""
    done = run(command, tmp_path / "nowhere", "--json")
    assert (done.returncode, json.loads(done.stdout)["reason"]) == (2, reason)


def test_a_folder_without_a_checkpoint_is_no_mirror(tmp_path):
    """A folder with a policy only is not a mirror."""
    code, answer = check("mirror", place(tmp_path, mini_policy()))
    assert (code, answer["reason"]) == (2, "mirror.missing")


def test_a_bundle_without_its_receipt_is_unreadable(tmp_path):
    """A bundle has a receipt and both policy files."""
    files = bundle_files()
    del files["receipt.tlog-proof"]
    assert check("bundle", zipped(tmp_path / "b.zip", files))[0] == 2
    (tmp_path / "not.zip").write_bytes(b"PK no")
    assert check("bundle", tmp_path / "not.zip")[0] == 2


def test_wrong_use_has_its_exit_code():
    """An unknown option is wrong use."""
    assert run("mirror", "x", "--trust-me").returncode == 2


# Bytes


@pytest.mark.parametrize("one", VECTORS["jcs"], ids=lambda one: one["canonical_hex"][:12])
def test_canonical_bytes_are_those_of_the_vectors(one):
    """Each value has the spelling of the vectors, and only that one is taken as canonical."""
    spelling = bytes.fromhex(one["canonical_hex"])
    assert checker.canonical(checker.parse_json(one["json"].encode())) == spelling
    assert checker.canonical(checker.parse_canonical(spelling)) == spelling


@pytest.mark.parametrize("one", VECTORS["jcs_must_refuse"], ids=lambda one: one["why"])
def test_what_is_not_canonical_is_refused(one):
    """Each of the spellings that the vectors forbid is refused."""
    with pytest.raises(checker.Refused, match=" "):
        checker.parse_canonical(one["json"].encode())


def test_sixteen_levels_are_the_most():
    """Sixteen lists within each other are read, seventeen are not."""
    assert checker.parse_canonical(b"[" * 16 + b"]" * 16) is not None
    with pytest.raises(checker.Refused, match="levels"):
        checker.parse_canonical(b"[" * 17 + b"]" * 17)


def test_sids_are_those_of_the_vectors():
    """The statement id of each entry is the SHA-256 of what was signed."""
    entries = [checker.parse_entry(entry["leaf_utf8"].encode()) for entry in MINI["entries"]]
    assert [entry.sid for entry in entries] == [entry["sid_hex"] for entry in MINI["entries"]]


def test_the_library_alone_would_take_a_key_of_small_order():
    """With a key of order 1 one signature fits every message: `cryptography` accepts it, the checker does not."""
    identity = bytes([1]) + bytes(31)
    signature = identity + bytes(32)
    checker.Ed25519PublicKey.from_public_bytes(identity).verify(signature, b"anything")
    assert not checker.verify(identity, signature, b"anything")


def test_small_order_and_second_encodings_are_never_sound():
    """All encodings of the eight points of small order are refused, and every y from p on."""
    ys = [0, 1, checker.P - 1, checker.ORDER_8, checker.P - checker.ORDER_8]
    ys += [*range(checker.P, 2**255)]
    raws = [(y | sign << 255).to_bytes(32, "little") for y in ys for sign in (0, 1)]
    assert len(raws) == 2 * (5 + 19)
    assert not any(checker.sound_point(raw) or checker.sound_key(raw) for raw in raws)
    assert checker.sound_key(build.OP.public)


def test_y_of_order_eight_is_right():
    """The table's constant has order 8: doubled three times it is the neutral point."""

    def add(p, q):
        (x1, y1), (x2, y2), d, m = p, q, checker.D, checker.P
        k = d * x1 * x2 * y1 * y2
        x = (x1 * y2 + x2 * y1) * pow(1 + k, -1, m) % m
        return x, (y1 * y2 + x1 * x2) * pow(1 - k, -1, m) % m

    m, y = checker.P, checker.ORDER_8
    square = (y * y - 1) * pow(checker.D * y * y + 1, -1, m) % m
    x = pow(square, (m + 3) // 8, m)
    x = x if x * x % m == square else x * pow(2, (m - 1) // 4, m) % m
    assert x * x % m == square
    point, orders = (x, y), []
    for _ in range(3):
        orders.append(point)
        point = add(point, point)
    assert point == (0, 1)
    assert (0, 1) not in orders


# What is published


def test_the_checker_stands_alone():
    """It imports the standard library and `cryptography`, and nothing of the product."""
    tree = ast.parse(CHECKER.read_text("utf-8"))
    names = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    names |= {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    foreign = {name.split(".")[0] for name in names} - set(sys.stdlib_module_names)
    assert foreign == {"cryptography"}


def test_every_reason_is_documented():
    """Each reason code of the checker stands in the page for those who use it."""
    codes = set(re.findall(r'"((?:[a-z]+\.[a-z0-9_]+)|fork|rollback)"', CHECKER.read_text("utf-8")))
    families = {"canon", "entry", "record", "key", "note", "tile", "bundle", "root", "receipt", "proof", "opening",
                "policy", "grade", "file", "mirror", "since", "fork", "rollback"}  # fmt: skip
    codes = {code for code in codes if code.split(".")[0] in families and code not in checker.KINDS}
    page = (ROOT / "docs/how-to/check-a-record-yourself.md").read_text("utf-8")
    assert len(codes) > 70
    assert sorted(code for code in codes if f"`{code}`" not in page) == []
