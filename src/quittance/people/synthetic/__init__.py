"""Invented lists: a population of people who never lived, and two lists of it as two clerks would have typed them.

`population` draws families from a stock of common name elements; `writing` types a list of some of them in one script
and one calendar with the errors of a `Noise`; `lists.two_lists` makes list A, list B and the truth between them. Pure
and settled by a seed: the same seed and settings give the same bytes. Every row says that it is invented.
"""

from quittance.people.synthetic.lists import InventedList, TwoLists, Wanted, two_lists
from quittance.people.synthetic.noise import HARSH, NONE, STANDARD, Noise

__all__ = ["HARSH", "NONE", "STANDARD", "InventedList", "Noise", "TwoLists", "Wanted", "two_lists"]
