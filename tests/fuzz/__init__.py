"""Hostile input for every parser: coverage-guided with atheris, and seeded mutations in the normal suite."""
