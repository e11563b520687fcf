"""What can be set: by `ZAGUAN_…` in the environment, else by `zaguan.toml` in the data folder, else as written here.

What each setting means, and what it must be, stands in the words (`settings.<name>`, `settings.<name>.expects`), from
which the reference page and the refusals are made.
"""

import difflib
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, ValidationError

from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.words import Locale, as_locale, say

PREFIX: Final = "ZAGUAN_"
FILE_NAME: Final = "zaguan.toml"
ROOT_HOME: Final = Path("/var/lib/zaguan")
# names of the environment that tools and tests of the project read, and that are no settings
_NOT_OURS: Final = ("ZAGUAN_DEMO_DIR", "ZAGUAN_DEV_DATA", "ZAGUAN_RANDOM_INSTANCES")


class SettingWrong(ZaguanError):
    """The setting `name`, given in `source`, is not what it must be: `expects`."""

    code: ClassVar = "settings.wrong"

    def message(self, locale: Locale | None = None) -> str:
        """Say what is wrong, with what the setting must be in the reader's language. Its value may be a secret."""
        field, source = self.facts["field"], self.facts["source"]
        name = f"{PREFIX}{str(field).upper()}" if source == "environment" else f"{field} ({source})"
        return say(self.code, locale, name=name, expects=say(f"settings.{field}.expects", locale))


class SettingsFileWrong(ZaguanError):
    """The file of settings at `path` cannot be read: `reason`."""

    code: ClassVar = "settings.file_wrong"


class SettingUnknown(ZaguanError):
    """The file of settings at `path` names `name`, which is no setting that can be made there; `near` resembles it."""

    code: ClassVar = "settings.unknown"


def _absolute(value: object) -> object:
    return Path(value).expanduser().absolute() if isinstance(value, str) and value else value


def _as_locale(value: object) -> object:
    # es_CL.UTF-8 is Spanish too
    return as_locale(value) or value if isinstance(value, str) else value


Folder = Annotated[Path, BeforeValidator(_absolute)]


class Settings(BaseModel):
    """All settings. Another kind of value is refused, and so is a name that the file should not have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    data_dir: Folder
    database_url: SecretStr | None = None
    database_connections: int = Field(40, ge=5, le=1_000)
    backups_kept: int = Field(5, ge=1, le=1_000)
    positions_days: int = Field(60, ge=1, le=36_500)
    proofs_days: int = Field(365, ge=1, le=36_500)
    objects: str | None = None
    region: Folder | None = None
    cache_dir: Folder | None = None
    host: str = Field("127.0.0.1", min_length=1)
    port: int = Field(8080, ge=1, le=65_535)
    public_url: str | None = Field(None, pattern=r"^https?://[^/\s]+(/[^\s]*)?$")
    trusted_proxies: str = "127.0.0.1,::1"
    metrics_token: SecretStr | None = None
    webhooks_private_targets: bool = False
    lang: Annotated[Locale | None, BeforeValidator(_as_locale)] = None
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "text"] = "json"
    traceback: bool = False

    @property
    def settings_file(self) -> Path:
        """Where the file of settings is looked for."""
        return self.data_dir / FILE_NAME


def default_home(environ: Mapping[str, str], *, root: bool) -> Path:
    """Return the data folder of somebody who names none: root's is one that the database's user may enter."""
    if root:
        return ROOT_HOME
    shared = environ.get("XDG_DATA_HOME") or Path(environ.get("HOME") or Path.home()) / ".local" / "share"
    return Path(shared) / "zaguan"


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of an environment and of the file in its data folder; an empty variable is not set.

    Refused: SettingWrong, SettingsFileWrong, SettingUnknown.
    """
    environ = os.environ if environ is None else environ
    named = {
        name: value for name in Settings.model_fields if (value := environ.get(f"{PREFIX}{name.upper()}", "").strip())
    }
    home = Path(named.get("data_dir") or default_home(environ, root=os.geteuid() == 0)).expanduser().absolute()
    written = _read_file(home / FILE_NAME)
    try:
        return Settings.model_validate({**written, **named, "data_dir": home})
    except ValidationError as failure:
        # the values are not repeated: one may be a password
        field = str(failure.errors(include_input=False)[0]["loc"][0])
        source = "environment" if field in named else FILE_NAME
        raise SettingWrong(field=field, source=source) from None


def unknown_names(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that look like ours and are no setting, each with the setting that resembles it, or ''."""
    known = list(Settings.model_fields)
    strange = sorted(name for name in environ if name.startswith(PREFIX) and name not in _NOT_OURS)
    # compared without what all have in common
    bare = {name: name.removeprefix(PREFIX).lower() for name in strange}
    return {
        name: f"{PREFIX}{near.upper()}" if (near := _near(bare[name], known)) else ""
        for name in strange
        if bare[name] not in known
    }


def _read_file(path: Path) -> dict[str, Any]:
    try:
        written = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise SettingsFileWrong(path=path, reason=failure) from None
    # the file cannot say where it is itself
    known = [name for name in Settings.model_fields if name != "data_dir"]
    for name in written:
        if name not in known:
            raise SettingUnknown(path=path, name=name, near=_near(name, known) or ", ".join(known))
    return written


def _near(name: str, known: list[str]) -> str:
    return next(iter(difflib.get_close_matches(name, known, n=1)), "")
