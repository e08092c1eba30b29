"""Quittance: the record that a neutral runs while warring parties release prisoners under an agreement."""

__version__ = "0.1.0"
