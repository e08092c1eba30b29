"""From the criteria to the door: who may go, did he go, who saw it. Pure: time, chance and keys are arguments.

A refusal by the person must not be told from any other reason not to be available. So the fold is done once, at the
source (`clearances.flags`, `skips.fold`, `outcomes`), before selection or any view for a party sees anything.
"""
