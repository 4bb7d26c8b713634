"""A Redis that falls silent just when a worker acknowledges: the worker takes the next message all the same."""

from typing import Any

import pytest
from django.conf import settings
from kombu import Connection, Consumer, Producer, Queue

from tests.faults.door import HOST, Door
from tests.faults.house import port_of
from worker import broker

SHORT = {"socket_timeout": 0.5, "max_retries": 1, "interval_start": 0, "interval_step": 0}


@pytest.mark.parametrize("end", ["ack", "reject"])
def test_a_worker_whose_acknowledgement_got_lost_takes_the_next_message(end: str) -> None:
    if not settings.HAS_REDIS:
        pytest.skip("needs Redis: run it by ./run test")
    broker.connect()
    taken: list[Any] = []
    with Door(port_of(settings.REDIS_URL)) as door, Connection(f"redis://{HOST}:{door.port}/0", transport_options=SHORT) as there:
        channel = there.channel()
        queue = Queue(f"{settings.PREFIX}lost-{end}", channel=channel, durable=False)
        for number in (1, 2):
            Producer(channel).publish({"number": number}, routing_key=queue.name, declare=[queue], serializer="json")
        consumer = Consumer(channel, [queue], callbacks=[lambda _body, message: taken.append(message)], prefetch_count=1)
        consumer.consume()
        there.drain_events(timeout=5)
        door.fall_silent()
        with pytest.raises(there.connection_errors):
            getattr(taken[0], end)()
        door.speak()
        there.drain_events(timeout=5)
        assert [one.payload["number"] for one in taken] == [1, 2]
        taken[1].ack()
