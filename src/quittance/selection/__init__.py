"""Who goes next: a published rule chooses people, and no solver and no official does.

A register of people is frozen, with the columns that the rules declare (`register`). Whoever lacks a gate is not ranked
(`gates`); the others stand in one strict order (`order`). Quotas say how many of each class must and may go (`limits`),
and the walk takes people in order as long as the batch can still be completed (`walk`). Programs that can tell whether
it can (`checkers`) are asked and never trusted. The result names everybody taken, everybody passed over with the limits
that stood against him (`result`), and the hashes by which anybody repeats it (`canonical`).

Pure: seed, checker and size are arguments. No clock, no chance, no disk.
"""
