"""`quittance batch verify`: a printed batch checked against register and rules, without a solver and without trust."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from quittance.cli.question import AsJson, print_json

RESULT_LIMIT = 64 << 20


def verify(
    result: Annotated[str, typer.Argument(metavar="RESULT.json", help="What `batch select --json` printed.")],
    register: Annotated[str, typer.Argument(metavar="REGISTER.csv", help="The register that it was chosen from.")],
    rules: Annotated[
        str, typer.Option("--rules", metavar="FILE", help="An agreement file, or one that holds only `selection`.")
    ],
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="HEX", help="The seed as everybody derives it, if it is known.")
    ] = None,
    json: AsJson = False,
) -> None:
    """Check a printed batch: digests, gates, order, everybody taken and everybody passed over."""
    from quittance.cli.batch_select import seed_bytes
    from quittance.files.read import AGREEMENT_LIMIT, read_file
    from quittance.files.registers import REGISTER_LIMIT, read_register
    from quittance.files.rules import read_rules
    from quittance.selection.verify import verify_batch

    read = read_rules(read_file(rules, AGREEMENT_LIMIT))
    people = read_register(read_file(register, REGISTER_LIMIT), read.rules)
    found = verify_batch(_document(read_file(result, RESULT_LIMIT)), people, read.rules, seed_bytes(seed))
    if json:
        rows: list[dict[str, Any]] = [{"code": one.code, "message": one.message, "pid": one.pid} for one in found]
        print_json({"kind": "quittance/batch-verification/v1", "verified": not rows, "findings": rows})
    elif found:
        for one in found:
            print(f"{one.pid or 'batch'}: {one.message} [{one.code}]")
    else:
        print("Verified: this is the one batch that the rules choose from this register with this seed.")
    if found:
        raise typer.Exit(1)


def _document(data: bytes) -> dict[str, object]:
    """The result as printed; raises `UnreadableError` (`selection.document`) for what is no JSON object."""
    import msgspec

    from quittance.selection.document import DocumentRefused

    try:
        return msgspec.json.decode(data, type=dict[str, object])
    except msgspec.MsgspecError:
        raise DocumentRefused("This is not what `batch select --json` prints. Give that file unchanged.") from None
