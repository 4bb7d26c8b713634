"""What we send is what Celery sends, to the byte that counts; and a worker of Celery understands it."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.conf import settings

from worker.app import app
from worker.sending import key_of, send

pytestmark = pytest.mark.skipif(not settings.HAS_REDIS, reason="needs a broker")
OF_A_SENDER = ("correlation_id", "delivery_tag", "reply_to")
ITS_OWN = ("id", "root_id", "origin", "eta", "expires")


def queued(priority: int) -> dict:
    """The message that came last; its queue is left as it was."""
    with redis.Redis.from_url(settings.CELERY_BROKER_URL) as broker:
        found = json.loads(broker.lpop(key_of(priority)))
    found["body"] = json.loads(base64.b64decode(found["body"]))
    return found


def without_its_own(message: dict) -> dict:
    """The message without numbers, origin and times, which are different each time, and without a mailbox for results, which nobody reads."""
    headers = {name: value for name, value in message["headers"].items() if name not in ITS_OWN}
    properties = {name: value for name, value in message["properties"].items() if name not in OF_A_SENDER}
    return message | {"headers": headers, "properties": properties}


@pytest.mark.parametrize(("priority", "arguments"), [(0, (7, "some text", None, [1.5])), (9, ()), (4, (3,))])
def test_a_message_is_the_one_that_celery_writes(priority, arguments):
    how = {"countdown": 0.1, "expires": 5, "priority": priority, "headers": {"ludus_request": "r-1"}}
    app.send_task("worker.tasks.nothing", args=arguments, retry=False, ignore_result=True, **how)
    theirs = queued(priority)
    send("worker.tasks.nothing", arguments, **how)
    ours = queued(priority)
    assert without_its_own(ours) == without_its_own(theirs)
    assert theirs["headers"].keys() == ours["headers"].keys()
    for name, seconds in (("eta", 0.1), ("expires", 5)):
        written = [datetime.fromisoformat(one["headers"][name]) for one in (theirs, ours)]
        assert [one.tzinfo is not None for one in written] == [True, True]
        assert abs(written[1] - datetime.now(UTC) - timedelta(seconds=seconds)) < timedelta(seconds=30)
    assert ours["headers"]["id"] == ours["headers"]["root_id"] == ours["properties"]["correlation_id"]


def test_a_task_without_times_has_none():
    send("worker.tasks.nothing", (), headers={})
    assert {name: queued_headers[name] for queued_headers in [queued(0)["headers"]] for name in ("eta", "expires")} == {
        "eta": None,
        "expires": None,
    }
