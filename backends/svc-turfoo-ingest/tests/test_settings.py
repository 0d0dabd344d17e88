import os
import subprocess
import sys
from dataclasses import FrozenInstanceError

import pytest

from turfoo.settings import Settings, SettingsError

AUDIT = {
    "IMMUDB_ADDRESS": "immudb:3322",
    "IMMUDB_USER": "u",
    "IMMUDB_PASSWORD": "hush",
    "IMMUDB_DATABASE": "d",
}


def test_defaults(environment: dict[str, str]) -> None:
    settings = Settings.from_env(environment)
    assert settings.audit is None
    assert settings.log_level == "INFO"
    assert settings.sweep_seconds == 60
    assert settings.visibility_timeout_seconds == 60
    assert settings.s3_endpoint is None


def test_settings_do_not_change_and_do_not_print_secrets(environment: dict[str, str]) -> None:
    settings = Settings.from_env(environment | AUDIT | {"REDIS_URL": "rediss://:hush@r:6379/1"})
    with pytest.raises(FrozenInstanceError):
        settings.raw_bucket = "other"  # type: ignore[misc]
    assert "hush" not in repr(settings)
    assert settings.audit
    assert settings.audit.address == "immudb:3322"


@pytest.mark.parametrize(
    ("changes", "line"),
    [
        (
            {"REDIS_URL": "", "S3_BUCKET_INBOX": ""},
            "missing environment variables: REDIS_URL, S3_BUCKET_INBOX",
        ),
        ({"IMMUDB_ADDRESS": "immudb:3322", "IMMUDB_USER": "u", "IMMUDB_DATABASE": "d"}, "IMMUDB_PASSWORD"),
        ({"DATABASE_URL": "mysql://db"}, "DATABASE_URL must start with postgresql:// or postgres://"),
        ({"REDIS_URL": "amqp://mq"}, "REDIS_URL must start with redis:// or rediss://"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL is 'LOUD', expected DEBUG, INFO"),
        (
            {"TURFOO_SWEEP_SECONDS": "0"},
            "TURFOO_SWEEP_SECONDS is '0', expected a whole number of seconds, 1 or",
        ),
        ({"TURFOO_SWEEP_SECONDS": "1m"}, "TURFOO_SWEEP_SECONDS is '1m'"),
        ({"TURFOO_VISIBILITY_SECONDS": "44"}, "TURFOO_VISIBILITY_SECONDS is '44', expected a whole number"),
    ],
)
def test_what_is_missing_or_wrong_is_named(
    environment: dict[str, str], changes: dict[str, str], line: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env(environment | changes)
    assert line in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "command",
    [
        ["uvicorn", "--factory", "turfoo.api:create_app", "--port", "0"],
        ["celery", "-A", "turfoo.worker", "worker"],
        ["celery", "-A", "turfoo.worker", "beat"],
    ],
)
def test_every_process_ends_with_one_line_and_exit_code_2(command: list[str]) -> None:
    env = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-m", *command], env=env, capture_output=True, text=True, timeout=30
    )
    assert done.stderr.splitlines() == [
        "turfoo: missing environment variables: DATABASE_URL, REDIS_URL, S3_BUCKET_RAW_CARDS, S3_BUCKET_INBOX"
    ]
    assert done.returncode == 2
