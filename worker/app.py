"""The Celery app. Settings come from Django's, so one file says where the broker is."""

import os

from celery import Celery

from worker import broker, connections
from worker.schedule import SCHEDULE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

broker.connect()
connections.connect()
app = Celery("ludus")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.beat_schedule = SCHEDULE
app.autodiscover_tasks(["worker"])
