"""Raw cards and the inbox: objects in S3."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from turfoo.settings import Settings

#: What boto3 raises when S3 is not reached, refuses, or lacks the bucket.
TROUBLE = (BotoCoreError, ClientError)


@dataclass(frozen=True, slots=True)
class StoredObject:
    """An object that was listed. ``size`` in bytes; ``etag`` changes with the content."""

    key: str
    size: int
    etag: str
    modified: datetime


class Bucket:
    """One bucket. Every call takes at most about 8 s and raises one of TROUBLE."""

    def __init__(self, settings: Settings, name: str) -> None:
        self.name = name
        self._s3 = boto3.client(
            "s3",
            region_name=settings.aws_region,
            endpoint_url=settings.s3_endpoint,
            config=Config(
                connect_timeout=3,
                read_timeout=5,
                retries={"total_max_attempts": 1},
                # Stores other than AWS may not know the newer checksums.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )

    def put(self, key: str, body: bytes, content_type: str = "application/json") -> None:
        """Stores ``body``, in place of what was there."""
        self._s3.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type)

    def get(self, key: str) -> bytes | None:
        """The object's bytes, or None where there is none."""
        try:
            body: bytes = self._s3.get_object(Bucket=self.name, Key=key)["Body"].read()
        except ClientError as error:
            if _code(error) == "NoSuchKey":
                return None
            raise
        return body

    def list(self, suffix: str) -> Iterator[StoredObject]:
        """The objects outside folders whose keys end with ``suffix``, in the order of their keys."""
        for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self.name, Delimiter="/"):
            for found in page.get("Contents", []):
                if found["Key"].endswith(suffix):
                    yield StoredObject(found["Key"], found["Size"], found["ETag"], found["LastModified"])

    def move_unchanged(self, found: StoredObject, destination: str) -> bool:
        """Moves the object unless its content is another now; False where it is, or where it is gone."""
        source = {"Bucket": self.name, "Key": found.key}
        try:
            self._s3.copy_object(
                Bucket=self.name, Key=destination, CopySource=source, CopySourceIfMatch=found.etag
            )
            # S3 has no conditional delete everywhere; this leaves a moment, and not the time of a copy.
            if self._s3.head_object(**source)["ETag"] != found.etag:
                return False
        except ClientError as error:
            if _code(error) in ("404", "NoSuchKey", "412", "PreconditionFailed"):
                return False
            raise
        self._s3.delete_object(**source)
        return True


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))
