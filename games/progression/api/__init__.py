"""Cycles, rounds and series over the API: they are read, launched, steered and followed up here."""
