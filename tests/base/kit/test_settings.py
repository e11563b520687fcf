"""Settings come from the environment, then from the file in the data folder, then from the defaults."""

from pathlib import Path

import pytest

from zaguan.base.kit.settings import (
    FILE_NAME,
    Settings,
    SettingsFileWrong,
    SettingUnknown,
    SettingWrong,
    default_home,
    read_settings,
    unknown_names,
)
from zaguan.base.kit.words import LOCALES, say


def settings_of(home: Path, **variables: str) -> Settings:
    return read_settings({"ZAGUAN_DATA_DIR": str(home), **{f"ZAGUAN_{name}": text for name, text in variables.items()}})


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    """A variable decides over the file in the data folder, the file over the default, an empty variable not at all."""
    (tmp_path / FILE_NAME).write_text('port = 8001\nlog_level = "debug"\nhost = "0.0.0.0"\n')
    settings = settings_of(tmp_path, PORT="8002", HOST="")
    assert (settings.port, settings.log_level, settings.host) == (8002, "debug", "0.0.0.0")
    assert settings.log_format == "json"


@pytest.mark.parametrize("port", ["0", "65536", "80.5", "eighty", "NaN", "8080; rm"])
def test_a_wrong_value_is_named_and_not_repeated(tmp_path: Path, port: str) -> None:
    """A value of the wrong kind is refused with the variable's name and what it must be, and is not shown itself."""
    with pytest.raises(SettingWrong) as refusal:
        settings_of(tmp_path, PORT=port)
    assert refusal.value.message("en") == "the setting ZAGUAN_PORT cannot be used: it must be a number from 1 to 65535"


def test_a_wrong_value_of_the_file_names_the_file(tmp_path: Path) -> None:
    """A value of the wrong kind in the file is refused with its name there."""
    (tmp_path / FILE_NAME).write_text("port = [80]")
    with pytest.raises(SettingWrong, match=r"port \(zaguan.toml\)"):
        settings_of(tmp_path)


def test_a_name_that_the_file_should_not_have_is_refused(tmp_path: Path) -> None:
    """A misspelt name in the file is refused with the setting that it resembles, and so is the data folder itself."""
    (tmp_path / FILE_NAME).write_text("prot = 8001")
    with pytest.raises(SettingUnknown) as refusal:
        settings_of(tmp_path)
    assert refusal.value.hint("en") == "did you mean port?"
    (tmp_path / FILE_NAME).write_text('data_dir = "/elsewhere"')
    with pytest.raises(SettingUnknown):
        settings_of(tmp_path)


def test_a_file_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    """A file that cannot be read is refused with the line that spoils it."""
    (tmp_path / FILE_NAME).write_text("port = \n")
    with pytest.raises(SettingsFileWrong, match="line 1"):
        settings_of(tmp_path)


def test_a_password_is_not_shown() -> None:
    """The address of the database is not shown by what prints the settings."""
    settings = Settings.model_validate({"data_dir": "/data", "database_url": "postgresql://me:geheim@host/zaguan"})
    assert "geheim" not in repr(settings)


def test_unknown_variables_are_named() -> None:
    """Variables that look like ours and are none are named, with the setting that they resemble."""
    named = unknown_names({"ZAGUAN_PROT": "1", "ZAGUAN_XYLOPHONE": "", "ZAGUAN_PORT": "1", "OTHER": "1"})
    assert named == {"ZAGUAN_PROT": "ZAGUAN_PORT", "ZAGUAN_XYLOPHONE": ""}


def test_the_data_folder_of_root_is_one_that_the_database_may_enter() -> None:
    """Root's data folder is the system's, another user's is their own."""
    assert default_home({"HOME": "/home/ana"}, root=True) == Path("/var/lib/zaguan")
    assert default_home({"HOME": "/home/ana"}, root=False) == Path("/home/ana/.local/share/zaguan")
    assert default_home({"XDG_DATA_HOME": "/data"}, root=False) == Path("/data/zaguan")


@pytest.mark.parametrize("locale", LOCALES)
def test_every_setting_is_explained(locale: str) -> None:
    """Every setting has words for what it means and for what it must be."""
    for name in Settings.model_fields:
        assert say(f"settings.{name}", locale)
        assert say(f"settings.{name}.expects", locale)
