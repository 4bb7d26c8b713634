"""Talk in pages: threads on ideas, the board of barriers, what one follows, moderation."""
