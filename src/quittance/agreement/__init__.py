"""Agreements as data, and where they stand.

An agreement file (`model`, read by `load`) holds what was promised, by whom, to whom, by when, and who reads it how. A
journal (`journal`) holds what is said to have happened, each entry with two dates: when it happened and when it was
recorded. One pure function puts them together:

    evaluate(agreement, journal, as_of, known_by, party=None) -> Evaluation

Everything it says of a day is a point on a step function: the journal becomes amounts over time as known on one day
(`ledger`), those become facts such as *complete*, *settled* and *this condition holds* in a low and in a high world
(`world`), and a verdict reads them off (`evaluate`). No clock, no stored status.
"""
