"""The server of sockets (in the demo of pages too): uvicorn, which tells everybody when to come again before it ends.

``python -m backend.serving --host HOST --port PORT``
"""

import argparse
import socket
from typing import Final

import uvicorn

APPLICATION: Final = "backend.asgi:application"
KEPT_OPEN: Final = 75
"""Seconds without a request after which a connection is closed: longer than proxies keep theirs, else they send into one that closes."""
HEARD: Final = 64 * 1024
"""Bytes of the longest message that is read: clients have nothing to say."""


class Server(uvicorn.Server):
    """uvicorn that lets the hub say goodbye first: each socket is told to come back within a time that suits their number."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Called once, when the process was asked to end."""
        from leaderboards.live.hub import close_here  # noqa: PLC0415 -- needs the apps, which the application has loaded

        await close_here()
        await super().shutdown(sockets)


def main() -> None:
    """Serve until a signal comes."""
    parser = argparse.ArgumentParser(prog="python -m backend.serving", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--application", default=APPLICATION, help="MODULE:NAME")
    parser.add_argument("--log-level", default=None)
    parser.add_argument("--ending", type=int, default=25, help="seconds for what still runs when the process is to end")
    asked = parser.parse_args()
    config = uvicorn.Config(
        asked.application,
        host=asked.host,
        port=asked.port,
        log_level=asked.log_level,
        lifespan="off",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEPT_OPEN,
        timeout_graceful_shutdown=asked.ending,
        ws_per_message_deflate=False,  # each message would be compressed anew for each watcher
        ws_max_size=HEARD,
    )
    Server(config).run()


if __name__ == "__main__":
    main()
