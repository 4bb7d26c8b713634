"""The services that the house brings along: Valkey, PostgreSQL, and the supervisor that starts and ends every process together.

Nothing here imports Django. ``DATABASE_URL`` and ``REDIS_URL`` are the only switch: when they are set, nothing embedded is started.
"""
