"""Talk: threads on ideas and on the board of barriers, answers, thanks, what people follow, and how organizers moderate it."""
