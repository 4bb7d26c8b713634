"""Pages about people: the door, oneself, teams, the desk of the instance."""
