"""Where the objects are kept, and how patient one is with a store across the network."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import ClassVar, Self

from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.objects import MAX_OBJECT_BYTES


class ObjectsAddress(ZaguanError):
    """ZAGUAN_OBJECTS is `given`: neither empty, nor an absolute folder, nor `s3://bucket/prefix`."""

    code: ClassVar = "objects.address"


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectsSettings:
    """Either a folder or a bucket.

    Attributes
    ----------
    folder : where the files lie, for a local store
    bucket : `s3://bucket/prefix`; keys, region and endpoint come from the usual AWS_* variables of the environment
    options : what is said to the S3-compatible store beside the environment (`endpoint`, `region`, ...)
    most_bytes : the bound of one object
    answer, retry : how long one question may take, and all its repetitions together
    """

    folder: Path | None = None
    bucket: str = ""
    options: dict[str, str | bool] = field(default_factory=dict)
    most_bytes: int = MAX_OBJECT_BYTES
    answer: timedelta = timedelta(seconds=30)
    retry: timedelta = timedelta(seconds=60)

    def __post_init__(self) -> None:
        if (self.folder is None) == (not self.bucket):
            raise ValueError("objects are kept in a folder or in a bucket, one of them")

    @classmethod
    def of(cls, address: str, *, data_folder: Path) -> Self:
        """Read ZAGUAN_OBJECTS: empty is `objects` in the data folder, else an absolute folder or `s3://bucket/prefix`."""
        address = address.strip()
        if not address:
            return cls(folder=data_folder / "objects")
        if address.startswith("s3://") and address.removeprefix("s3://").strip("/"):
            return cls(bucket=address)
        path = Path(address.removeprefix("file://")).expanduser()
        if path.is_absolute() and "://" not in str(path):
            return cls(folder=path)
        raise ObjectsAddress(given=address)
