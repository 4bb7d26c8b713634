"""The Celery app, its thin tasks, and the reactions: which event starts which task."""
