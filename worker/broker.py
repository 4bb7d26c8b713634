"""The queue in Redis as workers read it: an acknowledgement that does not get through costs no worker its turn.

A worker holds one message for each of its processes, and takes the next when one is acknowledged. kombu lets go of a message only when
Redis has answered: a Redis that is silent for a second just then would leave the worker waiting for good, with everything else in order.
"""

from kombu.transport import redis, virtual


class QoS(redis.QoS):
    """Lets go of a message whatever Redis says. Redis keeps what it did not hear of, and gives it out again in an hour: tasks may run twice."""

    def ack(self, delivery_tag: str) -> None:
        """This message is done."""
        try:
            super().ack(delivery_tag)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise

    def reject(self, delivery_tag: str, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 -- as kombu calls it
        """This message is not for us."""
        try:
            super().reject(delivery_tag, requeue=requeue)
        except Exception:
            virtual.QoS.ack(self, delivery_tag)
            raise


def connect() -> None:
    """Let every channel of this process count so."""
    redis.Channel.QoS = QoS
