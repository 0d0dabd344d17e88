"""Settings: read once from the environment, passed from there on."""

import logging
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn, Self


class SettingsError(Exception):
    """The environment lacks a variable or has one with a wrong value; the text is one line that names it."""


@dataclass(frozen=True, slots=True)
class AuditSettings:
    """Where ImmuDB is. ``address`` is ``host:port``."""

    address: str
    user: str
    password: str = field(repr=False)
    database: str


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that is configured. AWS keys are not here: boto3 finds them by itself.

    ``s3_endpoint`` and ``aws_region`` are None where boto3 is to choose, ``audit`` where audit is off.
    ``sweep_seconds`` is the time between two sweeps of the inbox, ``visibility_timeout_seconds`` the time
    after which a task that a dead worker held is given to another worker. ``traces`` says whether there is a
    collector; where it is, OpenTelemetry finds by itself.
    """

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    #: What the names of all keys begin with, where projects share a Redis.
    redis_key_prefix: str
    raw_bucket: str
    inbox_bucket: str
    s3_endpoint: str | None
    aws_region: str | None
    audit: AuditSettings | None
    log_level: str
    sweep_seconds: int
    visibility_timeout_seconds: int
    traces: bool

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> Self:
        """Settings from ``env``; an empty variable counts as missing.

        Raises:
            SettingsError: one line that names every missing variable, or the one with a wrong value.
        """
        required = ["DATABASE_URL", "REDIS_URL", "S3_BUCKET_RAW_CARDS", "S3_BUCKET_INBOX"]
        if env.get("IMMUDB_ADDRESS"):
            required += ["IMMUDB_USER", "IMMUDB_PASSWORD", "IMMUDB_DATABASE"]
        missing = [name for name in required if not env.get(name)]
        if missing:
            raise SettingsError(f"missing environment variables: {', '.join(missing)}")
        audit = None
        if env.get("IMMUDB_ADDRESS"):
            audit = AuditSettings(
                address=env["IMMUDB_ADDRESS"],
                user=env["IMMUDB_USER"],
                password=env["IMMUDB_PASSWORD"],
                database=env["IMMUDB_DATABASE"],
            )
        return cls(
            database_url=_url(env, "DATABASE_URL", ("postgresql://", "postgres://")),
            redis_url=_url(env, "REDIS_URL", ("redis://", "rediss://")),
            redis_key_prefix=env.get("REDIS_KEY_PREFIX", ""),
            raw_bucket=env["S3_BUCKET_RAW_CARDS"],
            inbox_bucket=env["S3_BUCKET_INBOX"],
            s3_endpoint=env.get("AWS_ENDPOINT_URL_S3") or None,
            aws_region=env.get("AWS_REGION") or None,
            audit=audit,
            log_level=_log_level(env),
            sweep_seconds=_seconds(env, "TURFOO_SWEEP_SECONDS", default=60, least=1),
            # A task lasts 40 s at most (see broker.py): with less, running tasks would be handed out again.
            visibility_timeout_seconds=_seconds(env, "TURFOO_VISIBILITY_SECONDS", default=60, least=45),
            traces=bool(env.get("OTEL_EXPORTER_OTLP_ENDPOINT")),
        )


def settings_or_exit() -> Settings:
    """Settings of this process; where they are wrong, one line on stderr and exit code 2."""
    try:
        return Settings.from_env(os.environ)
    except SettingsError as error:
        exit_with_usage(str(error))


def database_url_or_exit() -> str:
    """``DATABASE_URL`` alone, for what needs nothing else; where it is wrong, one line and exit code 2."""
    try:
        if not os.environ.get("DATABASE_URL"):
            raise SettingsError("missing environment variables: DATABASE_URL")
        return _url(os.environ, "DATABASE_URL", ("postgresql://", "postgres://"))
    except SettingsError as error:
        exit_with_usage(str(error))


def exit_with_usage(message: str) -> NoReturn:
    """Ends the process with exit code 2, for what its user can put right."""
    print(f"turfoo: {message}", file=sys.stderr)
    raise SystemExit(2)


def _url(env: Mapping[str, str], name: str, schemes: tuple[str, ...]) -> str:
    if not env[name].startswith(schemes):
        # The value holds a password, so it is not repeated.
        raise SettingsError(f"{name} must start with {' or '.join(schemes)}")
    return env[name]


def _log_level(env: Mapping[str, str]) -> str:
    level = (env.get("LOG_LEVEL") or "INFO").upper()
    if level not in logging.getLevelNamesMapping():
        raise SettingsError(f"LOG_LEVEL is {level!r}, expected DEBUG, INFO, WARNING, ERROR or CRITICAL")
    return level


def _seconds(env: Mapping[str, str], name: str, *, default: int, least: int) -> int:
    value = env.get(name) or str(default)
    if not value.isascii() or not value.isdigit() or int(value) < least:
        raise SettingsError(f"{name} is {value!r}, expected a whole number of seconds, {least} or more")
    return int(value)
