"""Launching: a playbook becomes a draft, a draft a cycle; rules are amended; the next cycle begins from the last; all of it can be tried."""
