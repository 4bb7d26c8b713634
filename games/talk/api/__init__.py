"""Views of talk: threads, posts, what is followed, moderation; backend/api/v1.py gives them their addresses."""
