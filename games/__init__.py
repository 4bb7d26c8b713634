"""The competition, told in slices: one Django app. Read it from the bottom: journal, playbooks, … , notices (docs/developers.md)."""
