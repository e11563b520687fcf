"""The product speaks three languages, and none of them has a hole."""

import ast
import importlib
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest

from tests.house.source import SOURCE, listed, modules
from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.base.kit.words import LOCALES, WORDS_FOLDER, Locale, words_of

NAMESPACES = sorted({path.stem for locale in LOCALES for path in (WORDS_FOLDER / locale).glob("*.json")})
# a constant such as "region.json" names a file, not a text
FILE_ENDINGS = {
    "csv",
    "dump",
    "gz",
    "html",
    "json",
    "geojson",
    "jsonl",
    "lock",
    "log",
    "npy",
    "npz",
    "osrm",
    "part",
    "pbf",
}
FILE_ENDINGS |= {"pdf", "pmtiles", "sqlite", "tmp", "toml", "tsv", "txt", "xlsx", "yaml", "yml"}


@cache
def keys_of(locale: Locale) -> frozenset[str]:
    """Return every key of a locale, as `namespace.name`."""
    return frozenset(f"{namespace}.{name}" for namespace in NAMESPACES for name in words_of(locale, namespace))


def placeholders(text: str) -> set[str]:
    """Return the names that a text wants filled in; a text that is no format raises ValueError."""
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


def refusals() -> list[type[ZaguanError]]:
    """Return every class of refusal of the package."""
    for module in modules():
        importlib.import_module(module.name)
    found: list[type[ZaguanError]] = []
    waiting = list(ZaguanError.__subclasses__())
    while waiting:
        refusal = waiting.pop()
        waiting += refusal.__subclasses__()
        if refusal.__module__.startswith("zaguan.") and refusal not in found:
            found.append(refusal)
    return sorted(found, key=lambda refusal: refusal.__qualname__)


def constants_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and text of each string constant that is no docstring and no piece of an f-string."""
    pieces = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in ast.walk(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in pieces:
            yield node.lineno, node.value


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_locales_have_the_same_texts(namespace: str) -> None:
    """Each namespace has the same keys in Spanish, English and Portuguese."""
    keys = {locale: set(words_of(locale, namespace)) for locale in LOCALES}
    missing = {locale: sorted(set.union(*keys.values()) - found) for locale, found in keys.items()}
    assert not any(missing.values()), missing


@pytest.mark.parametrize("namespace", NAMESPACES)
def test_the_locales_want_the_same_facts(namespace: str) -> None:
    """A text has the same placeholders in every locale."""
    wanted = {name: _facts(namespace, name) for name in words_of("en", namespace)}
    different = {name: facts for name, facts in wanted.items() if len(set(map(frozenset, facts.values()))) != 1}
    assert not different


def _facts(namespace: str, name: str) -> dict[str, set[str]]:
    return {locale: placeholders(words_of(locale, namespace)[name]) for locale in LOCALES}


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_is_empty_or_twice(locale: Locale) -> None:
    """No text is empty, none is all spaces, and no key stands twice in its file."""
    for path in sorted((WORDS_FOLDER / locale).glob("*.json")):
        pairs = json.loads(path.read_text("utf-8"), object_pairs_hook=list)
        assert len(dict(pairs)) == len(pairs), f"{path.name}: a key stands twice"
        assert [name for name, text in pairs if not text.strip()] == [], path.name


def test_no_sentence_was_left_untranslated() -> None:
    """A text of four words or more is not the same in two languages."""
    same = [
        f"{namespace}.{name}"
        for namespace in NAMESPACES
        for name in words_of("en", namespace)
        if len(re.findall(r"[^\W\d_]{3,}", re.sub(r"\{.*?\}", "", words_of("en", namespace)[name]))) >= 4
        and len({words_of(locale, namespace)[name] for locale in LOCALES}) < len(LOCALES)
    ]
    assert not same, listed(same)


def test_whatever_is_said_has_words() -> None:
    """Every key that the code names, in say("...") or as a code kept in data, has a text."""
    unknown = [
        f"{module.relative}:{line} {text}"
        for module in modules()
        for line, text in constants_of(module.tree)
        if re.fullmatch(rf"({'|'.join(NAMESPACES)})(\.[a-z][a-z0-9_]*)+", text)
        and text.rsplit(".", 1)[-1] not in FILE_ENDINGS
        and text not in keys_of("en")
    ]
    unknown += [
        f"{module.relative}:{node.lineno} {node.args[0].value!r}"
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call)
        and (node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")) == "say"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and node.args[0].value not in keys_of("en")
    ]
    assert not unknown, listed(sorted(set(unknown)))


def test_every_refusal_has_words_and_a_hint() -> None:
    """Every class of refusal that can be raised has a kind, a message and a hint in every language."""
    concrete = [refusal for refusal in refusals() if hasattr(refusal, "code")]
    assert all(isinstance(refusal.kind, Kind) for refusal in concrete)
    silent = [
        f"{refusal.__module__}.{refusal.__qualname__}: {key}"
        for refusal in concrete
        for locale in LOCALES
        for key in (refusal.code, f"{refusal.code}.hint")
        if key not in keys_of(locale)
    ]
    assert not silent, listed(silent)


def test_refusals_without_a_code_are_roots() -> None:
    """A class of refusal without a code of its own only serves as a root for others."""
    raised = {
        node.exc.func.id
        for module in modules()
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and isinstance(node.exc.func, ast.Name)
    }
    roots = {refusal.__name__ for refusal in refusals() if not hasattr(refusal, "code")}
    assert not roots & raised


def test_hints_stand_beside_a_message() -> None:
    """A `.hint` has the message that it is the hint of, or belongs to what the machine itself reported."""
    hinted = {key.removesuffix(".hint") for key in keys_of("en") if key.endswith(".hint") and key.count(".") > 1}
    # the message to that hint is the machine's own: "No such file or directory"
    assert hinted - keys_of("en") <= {"cli.os_error"}


def test_the_words_are_part_of_the_package() -> None:
    """The texts lie inside the package, where an installed product finds them."""
    assert Path(WORDS_FOLDER).is_relative_to(SOURCE)
    assert NAMESPACES
