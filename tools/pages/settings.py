"""docs/reference/settings.md: every setting, from its field and its words."""

from pydantic.fields import FieldInfo

from zaguan.base.kit.settings import FILE_NAME, PREFIX, Settings
from zaguan.base.kit.words import say

PAGE = "docs/reference/settings.md"
HEAD = f"""# Settings

A setting is a variable of the environment (`{PREFIX}PORT=8001`), else a line of the file `{FILE_NAME}` in the data
folder (`port = 8001`), else the default. A value that cannot be used is refused at the start, by the setting's name,
and not repeated, since it may be a password; so is a name that the file should not have. A variable that begins with
`{PREFIX}` and is no setting is named by `zaguan doctor`.

The data folder is `/var/lib/zaguan` for root, else `zaguan` in `XDG_DATA_HOME` or `~/.local/share`. It cannot be set in
the file, which lies in it.

| variable | in the file | default | must be | means |
|---|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    return HEAD + "".join(_row(name, field) for name, field in Settings.model_fields.items())


def _row(name: str, field: FieldInfo) -> str:
    cells = (
        f"`{PREFIX}{name.upper()}`",
        "–" if name == "data_dir" else f"`{name}`",
        _default(field),
        say(f"settings.{name}.expects", "en"),
        say(f"settings.{name}", "en"),
    )
    return f"| {' | '.join(cells)} |\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "see above"
    if field.default is None:
        return "–"
    return f"`{str(field.default).lower() if isinstance(field.default, bool) else field.default}`"
