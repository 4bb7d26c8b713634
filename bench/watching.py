"""What uvicorn serves while sockets are measured: the house, and beside it a raw hub (the limit) and a consumer on a channel layer.

All three in one process under one server, each with its own sockets, so that nothing differs but what passes the messages on.
"""

import asyncio
import os
from typing import Any, Final

from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import channel_layers
from channels_redis.pubsub import RedisPubSubChannelLayer  # type: ignore[import-untyped]
from redis.asyncio import Redis

RAW: Final = "/ws/raw"
CHANNELS: Final = "/ws/channels"
GROUP: Final = "watching"

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

from backend.asgi import application as house  # noqa: E402 -- after the settings are named


class Raw:
    """The least that can be done: one subscription, and each message sent to each socket in turn."""

    def __init__(self) -> None:
        self.sends: set[Any] = set()
        self.pump: asyncio.Task[None] | None = None

    async def pass_on(self) -> None:
        pubsub = Redis.from_url(os.environ["REDIS_URL"]).pubsub()
        await pubsub.subscribe(RAW)
        async for said in pubsub.listen():
            if said["type"] == "message":
                event = {"type": "websocket.send", "text": said["data"].decode()}
                for send in list(self.sends):
                    await send(event)

    async def __call__(self, _scope: Any, receive: Any, send: Any) -> None:
        if self.pump is None:
            self.pump = asyncio.create_task(self.pass_on())
        await receive()
        await send({"type": "websocket.accept"})
        self.sends.add(send)
        try:
            while (await receive())["type"] != "websocket.disconnect":
                pass
        finally:
            self.sends.discard(send)


def layer() -> Any:
    """A channel layer on the same Redis."""
    return RedisPubSubChannelLayer(hosts=[os.environ["REDIS_URL"]], prefix="bench-")


class Watcher(AsyncWebsocketConsumer):
    """A watcher as the documentation of Channels writes it."""

    channel_layer_alias = GROUP

    async def connect(self) -> None:
        await self.channel_layer.group_add(GROUP, self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:  # noqa: ARG002 -- the signature of Channels
        await self.channel_layer.group_discard(GROUP, self.channel_name)

    async def board_changed(self, event: dict[str, str]) -> None:
        await self.send(text_data=event["text"])


channel_layers.set(GROUP, layer())
raw = Raw()
channels = Watcher.as_asgi()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """By path."""
    inner = {RAW: raw, CHANNELS: channels}.get(scope["path"], house) if scope["type"] == "websocket" else house
    await inner(scope, receive, send)
