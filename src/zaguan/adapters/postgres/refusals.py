"""What the PostgreSQL adapter refuses, one class per broken rule."""

from typing import ClassVar

from zaguan.base.kit.errors import Kind, ZaguanError


class ProgramMissing(ZaguanError):
    """The program `program` of PostgreSQL is not in `folder`."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "postgres.program_missing"


class ProgramFailed(ZaguanError):
    """`program` stopped with `status`; `lines` are the last that it wrote."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "postgres.program_failed"


class ServerNotReady(ZaguanError):
    """The server of the data folder `folder` did not start; `lines` are the last of its log."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "postgres.server_not_ready"


class FolderClosed(ZaguanError):
    """PostgreSQL runs as the user `account`, who may not enter `folder`, above the data folder `home`."""

    kind: ClassVar = Kind.FORBIDDEN
    code: ClassVar = "postgres.folder_closed"


class FolderOfAnother(ZaguanError):
    """The data folder `folder` belongs to the user `owner`, not to us."""

    kind: ClassVar = Kind.FORBIDDEN
    code: ClassVar = "postgres.folder_of_another"


class NoAccount(ZaguanError):
    """We run as root, PostgreSQL does not, and the user `account` could not be made: `reason`."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "postgres.no_account"


class VersionStrange(ZaguanError):
    """The data in `folder` were written by version `found` of PostgreSQL; ours is `wanted`."""

    kind: ClassVar = Kind.CONFLICT
    code: ClassVar = "postgres.version_strange"


class SocketFolderTaken(ZaguanError):
    """The folder for the socket, `folder`, is not ours alone."""

    kind: ClassVar = Kind.FORBIDDEN
    code: ClassVar = "postgres.socket_folder_taken"
