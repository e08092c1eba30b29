"""`quittance batch`: who goes next, by the rules of the agreement; proposed, explained, confirmed and changed.

`select` and `verify` work on files alone and have modules of their own, as have the commands on a case.
"""

from __future__ import annotations

import typer

from quittance.cli.batch_case import COMMANDS
from quittance.cli.batch_select import select
from quittance.cli.batch_verify import verify

app = typer.Typer(
    add_completion=False, no_args_is_help=True, rich_markup_mode=None, help="Choose, explain and confirm batches."
)
app.command("select")(select)
app.command("verify")(verify)
for _name, _command in COMMANDS:
    app.command(_name)(_command)
