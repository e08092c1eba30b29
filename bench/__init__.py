"""Measurements: `python -m bench` prints them beside their goals and their peers."""
