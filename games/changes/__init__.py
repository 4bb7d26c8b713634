"""Corrections after publication, prepared, previewed, applied as one; and appeals."""
