"""The clock: what runs by itself, how often (seconds). Tasks carry side effects only and are safe to run twice.

A task that waited longer than its `expires` is dropped: the next one does the same work.
"""

from typing import Any

from celery.schedules import crontab

SCHEDULE: dict[str, dict[str, Any]] = {
    "rounds, journal, runs, mail": {"task": "worker.tasks.tick", "schedule": 1.0, "options": {"expires": 5}},
    "deadlines, digests": {"task": "worker.tasks.remind", "schedule": 60.0, "options": {"expires": 60}},
    "what people are glad of, what somebody should look at": {
        "task": "worker.tasks.look_around",
        "schedule": 3600.0,
        "options": {"expires": 3600},
    },
    "what was promised to go": {
        "task": "worker.tasks.purge",
        "schedule": crontab(minute="20", hour="3"),
        "options": {"expires": 3600},
    },
    "does what was published still prove itself": {
        "task": "worker.tasks.self_check",
        "schedule": crontab(minute="40", hour="4"),
        "options": {"expires": 3600},
    },
    "what has had its time": {"task": "worker.tasks.tidy", "schedule": 3600.0, "options": {"expires": 3600}},
}
