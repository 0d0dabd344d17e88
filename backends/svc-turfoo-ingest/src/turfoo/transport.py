"""The Redis transport, made to outlive a broken connection."""

from typing import Any

from kombu.transport.redis import Channel as RedisChannel
from kombu.transport.redis import Transport as RedisTransport
from redis import ConnectionError as RedisConnectionError


class Channel(RedisChannel):
    """A channel that says it lost its connection, where kombu 5.7.0 fails with an AttributeError.

    After a connection is lost Celery takes the channel's address away, and may use the channel once more: to
    give messages back, or to acknowledge a task that ended meanwhile. On an AttributeError the worker exits;
    with an error of the connection it goes on, and the messages return with the visibility time-out.
    """

    def _connparams(self, asynchronous: bool = False) -> dict[str, Any]:
        if self.connection is None or self.connection.client is None:
            raise RedisConnectionError("the connection of this channel is lost")
        params: dict[str, Any] = super()._connparams(asynchronous)  # type: ignore[no-untyped-call]
        return params


class Transport(RedisTransport):
    """Kombu's Redis transport, with these channels."""

    Channel = Channel
