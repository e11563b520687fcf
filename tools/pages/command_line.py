"""docs/reference/cli.md: every command and option of `zaguan`, in English, as `--help` tells them."""

import re
from collections.abc import Iterator
from typing import Any

import typer

from zaguan.app.cli.main import make_app
from zaguan.base.kit.words import choose_locale

PAGE = "docs/reference/cli.md"
HEAD = """# The command line

Messages come in Spanish, English and Portuguese: `--lang`, else `ZAGUAN_LANG`, else the environment's language.
Progress and refusals go to standard error, results to standard output or to files.

Exit status: 0 done · 1 the machine did not give a file, or a fault of ours · 2 invalid input · 3 not found ·
4 conflict · 5 forbidden · 6 gone · 7 unavailable · 8 unknown caller · 9 too many tries · 130 stopped by Ctrl-C.
"""


def page() -> str:
    """Return the page."""
    choose_locale("en")
    root = typer.main.get_command(make_app())
    return HEAD + "".join(_section(("zaguan", *path), command) for path, command in commands(root))


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield path and command of the root and everything below."""
    yield path, command
    for name in sorted(getattr(command, "commands", {})):
        yield from commands(command.commands[name], (*path, name))


def _section(path: tuple[str, ...], command: Any) -> str:
    lines = ["", f"{'#' * min(len(path) + 1, 3)} `{' '.join(path)}`", "", *_prose(command.help or "")]
    below = sorted(getattr(command, "commands", {}))
    if below:
        lines += ["", "Commands: " + ", ".join(f"`{' '.join((*path, name))}`" for name in below) + "."]
    rows = [row for row in map(_row, command.params) if row]
    if rows:
        lines += ["", "| argument or option | default | meaning |", "|---|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _prose(text: str) -> list[str]:
    """Return the help as Markdown: terminal mark-up dropped, examples as code."""
    plain = re.sub(r"\[/?[a-z ]*\]", "", text).replace("\b", "")
    lines: list[str] = []
    for block in re.split(r"\n\s*\n", plain.strip()):
        unwrapped = " ".join(block.split())
        lines += [re.sub(r"(Examples?: )(zaguan .+)", r"\1`\2`", unwrapped), ""]
    return lines[:-1]


def _row(parameter: Any) -> str:
    if getattr(parameter, "hidden", False):
        return ""
    if parameter.param_type_name == "argument":
        name = f"`{parameter.name.upper()}`" + ("" if parameter.required else " (optional)")
    else:
        name = ", ".join(f"`{option}`" for option in (*parameter.opts, *parameter.secondary_opts))
        name += " (required)" if parameter.required else ""
    default = getattr(parameter.default, "value", parameter.default)
    # flags are off, or the first of a pair, unless given; an empty default is told in the meaning
    silent = parameter.required or isinstance(default, bool) or default in (None, "", ()) or callable(default)
    shown = "" if silent else f"`{default}`"
    meaning = " ".join((getattr(parameter, "help", None) or "").split()).replace("|", "\\|")
    return f"| {name} | {shown} | {meaning} |"
