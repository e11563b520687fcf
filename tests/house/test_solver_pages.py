"""The solver's pages keep to the solver: pictures of the rules, parameters of the search, codes of the verifier."""

import ast
import importlib
import re

import pytest

from tests.house.source import ROOT, SOURCE, parsed

RULES_PAGE = (ROOT / "docs" / "reference" / "solver-rules.md").read_text("utf-8")
SEARCH_PAGE = (ROOT / "docs" / "concepts" / "solver-search.md").read_text("utf-8")
ENGINE = "zaguan.engines.solver"
PARAMETERS = re.findall(r"^\| `([A-Z_]+)` \| ([\d.]+) \| `([\w.]+)` \|", SEARCH_PAGE, flags=re.MULTILINE)
RULES = [
    path.stem
    for path in sorted((SOURCE / "engines" / "solver" / "rules").glob("*.py"))
    if ast.get_docstring(parsed(path)) and path.stem[0] != "_"
]


@pytest.mark.parametrize("rule", RULES)
def test_each_rule_has_its_picture(rule: str) -> None:
    """The section of a rule begins with a picture of its own, and the table above names the rule."""
    title = rule.replace("_", " ").capitalize()
    section = RULES_PAGE.split(f"\n## {title}\n")[1].split("\n## ")[0]
    assert re.match(rf"\n!\[[^\]]+\]\(\.\./pictures/rules/{rule.replace('_', '-')}\.svg\)", section)
    assert f"| [{title}](#" in RULES_PAGE


def test_no_picture_is_left_over() -> None:
    """Each picture of a rule is shown on the page of the rules."""
    drawn = {path.name for path in (ROOT / "docs" / "pictures" / "rules").iterdir()}
    assert drawn == set(re.findall(r"pictures/rules/([\w-]+\.svg)", RULES_PAGE))


def test_each_code_of_the_rules_exists() -> None:
    """The codes that the table of rules gives are codes of the verifier."""
    from zaguan.engines.solver.check import Broken

    rows = re.findall(r"^\| \[[^|]+\|[^|]+\|[^|]+\|[^|]+\| (.+) \|$", RULES_PAGE, flags=re.MULTILINE)
    assert len(rows) > len(RULES)
    assert {code for row in rows for code in re.findall(r"`(\w+)`", row)} <= {broken.value for broken in Broken}


@pytest.mark.parametrize(("name", "value", "module"), PARAMETERS, ids=[name for name, _, _ in PARAMETERS])
def test_a_parameter_is_told_as_it_is(name: str, value: str, module: str) -> None:
    """The table of parameters in docs/concepts/solver-search.md has the numbers of the source."""
    assert getattr(importlib.import_module(f"{ENGINE}.{module}"), name) == float(value)


def test_the_table_of_parameters_was_read() -> None:
    """The shares of the moves and the temperatures are among the parameters that are compared."""
    assert {"TAILS", "VEHICLES", "HOT", "COLD", "REACH"} <= {name for name, _, _ in PARAMETERS}
