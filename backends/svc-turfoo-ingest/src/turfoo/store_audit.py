"""The audit: one entry in ImmuDB for every accepted card, proven each time it is read."""

import json
import threading
from collections.abc import Callable
from typing import Any

from turfoo.settings import AuditSettings


class AuditTrouble(Exception):
    """ImmuDB is not reached, too slow, or refuses the request."""


class AuditCorrupted(Exception):
    """ImmuDB answered, and the proof of what it answered is wrong."""


class AuditStore:
    """Entries by key. Connects on first use, again after every error; each request takes at most 3 s.

    Every method raises AuditTrouble or AuditCorrupted.
    """

    def __init__(self, settings: AuditSettings) -> None:
        self._settings = settings
        self._client: Any = None
        # The client proves each answer against the last state it saw: one request at a time.
        self._lock = threading.Lock()

    def record(self, key: str, entry: dict[str, Any]) -> None:
        """Adds ``entry``, JSON, unless there is one under ``key``."""

        def once(client: Any) -> None:
            if client.get(key.encode()) is None:
                client.verifiedSet(key.encode(), json.dumps(entry, sort_keys=True).encode())

        self._with_client(once)

    def entries(self, prefix: str) -> list[dict[str, Any]]:
        """The entries whose keys begin with ``prefix``, by key, each with ``key``, ``tx``, ``verified``."""

        def all_of(client: Any) -> list[dict[str, Any]]:
            # sinceTx 0: wait until everything written can be found. By default the server waits for what this
            # client has seen, and misses entries of others, for minutes where nothing else is written.
            keys = client.scan(b"", prefix.encode(), False, 1000, sinceTx=0)
            return [_entry(client.verifiedGet(key)) for key in sorted(keys)]

        found: list[dict[str, Any]] = self._with_client(all_of)
        return found

    def _with_client(self, request: Callable[[Any], Any]) -> Any:
        # Imported here: without audit, no process pays for gRPC's memory.
        import grpc
        from immudb.exceptions import ErrCorruptedData

        with self._lock:
            try:
                if self._client is None:
                    self._client = _connected(self._settings)
                return request(self._client)
            except grpc.RpcError as error:
                self._disconnect()
                reason = f"{error.code()}: {error.details()}" if isinstance(error, grpc.Call) else repr(error)
                raise AuditTrouble(f"ImmuDB at {self._settings.address}: {reason}") from error
            except ErrCorruptedData as error:
                self._disconnect()
                raise AuditCorrupted(f"ImmuDB at {self._settings.address}: wrong proof") from error
            except BaseException:
                # A time limit may strike in mid-request.
                self._disconnect()
                raise

    def _disconnect(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            client.shutdown()


def _connected(settings: AuditSettings) -> Any:
    import grpc
    from immudb import ImmudbClient
    from immudb.datatypesv2 import DatabaseSettingsV2

    client = ImmudbClient(settings.address, timeout=3)
    try:
        try:
            client.login(settings.user, settings.password, database=settings.database.encode())
        except grpc.RpcError as error:
            if "does not exist" not in (error.details() or ""):
                raise
            # Logged in, but there is no such database yet.
            client.createDatabaseV2(settings.database, DatabaseSettingsV2(), True)
            client.useDatabase(settings.database.encode())
    except BaseException:
        client.shutdown()
        raise
    return client


def _entry(proven: Any) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(proven.value)
    return entry | {"key": proven.key.decode(), "tx": proven.id, "verified": proven.verified}
