"""Presets as data: the Design schema, the library of TOML files, upgraders. Nothing comes before but the journal; cycles run on a Design."""
