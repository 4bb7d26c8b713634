"""Organizations and the people in them. Before it: accounts (who signs in). After it: cycles, groups."""
