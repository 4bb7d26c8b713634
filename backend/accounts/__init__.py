"""Who signs in: users, tokens, links."""
