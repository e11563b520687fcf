"""What building or opening a region refuses, one class per broken rule."""

from typing import ClassVar

from zaguan.base.kit.errors import Kind, ZaguanError


class ExtractMissing(ZaguanError):
    """There is no file at `path`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "region.extract_missing"


class ExtractEmpty(ZaguanError):
    """The extract at `path` holds no bytes."""

    code: ClassVar = "region.extract_empty"


class ExtractNotPbf(ZaguanError):
    """The file at `path` is something else than OpenStreetMap's PBF."""

    code: ClassVar = "region.extract_not_pbf"


class ExtractTruncated(ZaguanError):
    """The extract at `path` ends after `size` bytes, in the middle of a block."""

    code: ClassVar = "region.extract_truncated"


class ExtractBroken(ZaguanError):
    """The extract at `path` cannot be decoded; `reason` is the reader's."""

    code: ClassVar = "region.extract_broken"


class ExtractUnordered(ZaguanError):
    """The extract at `path` has ways before their nodes, or not their nodes at all."""

    code: ClassVar = "region.extract_unordered"


class ExtractWithoutRoads(ZaguanError):
    """The extract at `path` has `ways` ways and none that a vehicle may drive on."""

    code: ClassVar = "region.extract_without_roads"


class RegisterMissing(ZaguanError):
    """There is no address register at `path`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "region.register_missing"


class RegisterOffTheMap(ZaguanError):
    """None of the `rows` addresses of the register at `path` lies in the extract's area."""

    code: ClassVar = "region.register_off_the_map"


class FolderUnwritable(ZaguanError):
    """The folder at `path` cannot be written to, for a `reason`."""

    kind: ClassVar = Kind.FORBIDDEN
    code: ClassVar = "region.folder_unwritable"


class FolderBusy(ZaguanError):
    """Another build is writing to the folder at `path`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "region.folder_busy"


class TooLittleMemory(ZaguanError):
    """The extract needs about `needed_mb`, and `available_mb` are free."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "region.too_little_memory"


class CountryUnknown(ZaguanError):
    """The country round `lon`, `lat` cannot be told."""

    code: ClassVar = "region.country_unknown"


class CountryWrong(ZaguanError):
    """`country` is no ISO code of two letters."""

    code: ClassVar = "region.country_wrong"


class TimeZoneWrong(ZaguanError):
    """`time_zone` is not in the time zone database."""

    code: ClassVar = "region.time_zone_wrong"


class BaseMapFailed(ZaguanError):
    """The tile maker stopped with status `status` and said `reason`."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "region.base_map_failed"


class RegionNotFound(ZaguanError):
    """There is no region at `path`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "region.not_found"


class RegionIncomplete(ZaguanError):
    """The region at `path` was not built to the end, or lost `missing`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "region.incomplete"


class RegionBroken(ZaguanError):
    """The region.json at `path` cannot be read, for a `reason`."""

    code: ClassVar = "region.broken"


class RegionNewer(ZaguanError):
    """The region at `path` has schema `found`; this program reads up to `known`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "region.newer"


class ProfileUnknown(ZaguanError):
    """`wanted` is none of the `known` profiles."""

    code: ClassVar = "region.profiles_wrong"
