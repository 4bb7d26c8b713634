"""Office hours: the place of an expert, one session, and what organizers see of all."""
