"""The JSON Schema of the agreement file: what it takes and what it refuses, as an editor would see it."""

import re
from pathlib import Path

import pytest

from quittance.agreement.schema import agreement_schema
from quittance.agreement.text import read_yaml

REPOSITORY = Path(__file__).resolve().parents[3]
FILES = sorted([*REPOSITORY.glob("examples/*/agreement.yaml"), REPOSITORY / "tests" / "data" / "bridge.yaml"])

TYPES = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
SILENT = {"$schema", "$id", "$defs", "title", "description", "default", "examples"}


@pytest.fixture(scope="module")
def schema():
    """The schema, made once."""
    return agreement_schema()


def breaches(schema, value, root, path="$"):
    """Where a value breaks a schema, for the keywords that ours uses; any other keyword is a mistake in the schema."""
    if schema is True:
        return
    for keyword, wanted in sorted(schema.items(), key=lambda item: item[0] != "type"):
        if keyword in SILENT or keyword in ("patternProperties", "additionalProperties"):
            continue
        if keyword == "$ref":
            yield from breaches(root["$defs"][wanted.rsplit("/", 1)[1]], value, root, path)
        elif keyword == "type":
            if not isinstance(value, TYPES[wanted]) or (wanted == "integer" and isinstance(value, bool)):
                yield f"{path}: not {wanted}"
                return
        elif keyword in ("anyOf", "oneOf"):
            fits = sum(not list(breaches(branch, value, root, path)) for branch in wanted)
            if fits == 0 or (keyword == "oneOf" and fits > 1):
                yield f"{path}: {fits} of {keyword}"
        elif keyword == "enum" and value not in wanted:
            yield f"{path}: not in {wanted}"
        elif keyword == "const" and value != wanted:
            yield f"{path}: not {wanted}"
        elif keyword == "required" and isinstance(value, dict):
            yield from (f"{path}: {name} is missing" for name in wanted if name not in value)
        elif keyword == "properties" and isinstance(value, dict):
            for name, inner in value.items():
                if name in wanted:
                    yield from breaches(wanted[name], inner, root, f"{path}.{name}")
        elif keyword in ("items", "prefixItems") and isinstance(value, list):
            parts = zip(wanted, value, strict=False) if keyword == "prefixItems" else ((wanted, one) for one in value)
            for number, (part, one) in enumerate(parts):
                yield from breaches(part, one, root, f"{path}[{number}]")
        elif keyword == "pattern" and isinstance(value, str) and not re.search(wanted, value):
            yield f"{path}: {value!r} does not match"
        elif keyword in ("minItems", "minLength", "minProperties", "minimum"):
            if (value if keyword == "minimum" else len(value)) < wanted:
                yield f"{path}: below {keyword}"
        elif keyword in ("maxItems", "maxLength", "maximum"):
            if (value if keyword == "maximum" else len(value)) > wanted:
                yield f"{path}: above {keyword}"
        else:
            assert keyword in ("enum", "const", "required", "properties", "items", "prefixItems", "pattern"), keyword
    if isinstance(value, dict) and "additionalProperties" in schema:
        for name, inner in value.items():
            matching = [
                part for pattern, part in schema.get("patternProperties", {}).items() if re.search(pattern, name)
            ]
            for part in matching:
                yield from breaches(part, inner, root, f"{path}.{name}")
            if not matching and name not in schema.get("properties", {}) and schema["additionalProperties"] is False:
                yield f"{path}: unknown key {name}"


def test_it_says_what_it_is(schema):
    """Dialect, id and title, so that an editor can find and name it."""
    assert (schema["$schema"], schema["$id"], schema["title"]) == (
        "https://json-schema.org/draft/2020-12/schema",
        "urn:quittance:schema:agreement:1",
        "Quittance agreement file",
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.parent.name)
def test_the_example_files_fit(schema, path):
    """Every agreement file in the repository fits the schema."""
    assert list(breaches(schema, read_yaml(path.read_bytes()).value, schema)) == []


def test_the_reference_case_fits(schema, doha):
    """The schema takes the reference case."""
    assert list(breaches(schema, read_yaml(doha).value, schema)) == []


CHANGES = [
    (("commitments", 0, "owed"), False, "unknown key owed"),
    (("commitments", 0, "quantity"), 3, "unknown key quantity"),
    (("commitments", 0, "mode"), "try", "not in"),
    (("commitments", 0, "amount"), {"exactly": 1, "up_to": 2, "unit": "persons"}, "2 of oneOf"),
    (("commitments", 0, "amount"), {"unit": "persons"}, "0 of oneOf"),
    (("commitments", 0, "requires"), [{"complete": "second"}], "clock is missing"),
    (("commitments", 0, "source"), None, "source is missing"),
    (("instruments", "pact", "source"), None, "source is missing"),
    (("parties", "Not An Id"), {"name": "x", "standing": "host"}, "unknown key Not An Id"),
    (("calendar", "start"), "1 January", "does not match"),
    (("matching",), {"auto": "1.5"}, "0 of anyOf"),
    (("matching",), {"review": "97 %"}, "0 of anyOf"),
    (("matching",), {"second_from": 2}, "0 of anyOf"),
    (("matching",), {"reviewers": 0}, "below minimum"),
    (("matching",), {"reviewers": 10}, "above maximum"),
    (("matching",), {"blind": "no"}, "not boolean"),
    (("matching",), {"quorum": 2}, "unknown key quorum"),
    (("format",), "quittance-agreement/2", "not quittance-agreement/1"),
]


@pytest.mark.parametrize(("place", "value", "words"), CHANGES, ids=[row[2].replace(" ", "-") for row in CHANGES])
def test_it_refuses_what_the_reader_refuses(schema, document, place, value, words):
    """One mistake in a sound file breaks the schema at that place."""
    assert list(breaches(schema, document, schema)) == []
    target = document
    for part in place[:-1]:
        target = target[part]
    if value is None:
        del target[place[-1]]
    else:
        target[place[-1]] = value
    (breach,) = breaches(schema, document, schema)
    assert words in breach


def test_extensions_and_single_words_are_taken(schema, document):
    """Keys that start with x- are free; a list with one word may be that word; a reading may say `owed: false`."""
    document["matching"] = {"auto": "0.97", "review": 0, "second_from": "0.5", "blind": False}
    document["x-colour"] = {"anything": [1]}
    document["commitments"][0]["x-note"] = True
    document["commitments"][0]["each"] = "pledge"
    document["instruments"]["decree"] = {"kind": "unilateral", "by": "a", "affects": "first", "source": ["a", "b"]}
    reads = {"first": {"owed": False}}
    document["positions"] = [{"id": "p", "by": "a", "from": "2025-01-02", "reads": reads, "source": "a"}]
    assert list(breaches(schema, document, schema)) == []


def test_it_never_allows_null(schema):
    """A key without a value is left out; no branch and no default says otherwise."""
    assert "null" not in str(schema).replace("None", "null")
