"""Engines for lists larger than memory: the same keys and weights as `people.matching`, joined elsewhere."""
