"""Suggestions in pages: what people would change in the rules, and the log of what was changed."""
