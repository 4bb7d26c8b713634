"""The commons of a cycle: what is shared, one idea, its editor, its lineage, how ideas flow."""
