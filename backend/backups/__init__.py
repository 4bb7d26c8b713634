"""Backups: everything that must not be lost, in one folder that says of itself what it is; and the way back, checked."""
