"""`zaguan solve`, as it is typed."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.app.cli.interrupting import interrupted
from tests.engines.solver.formats.vroom_files import NOON, a_break, a_file, a_job, a_shipment, a_vehicle, with_distances
from zaguan.app.cli.main import make_app
from zaguan.app.cli.terminal import EXIT_STATUS
from zaguan.base.kit.errors import Kind
from zaguan.base.kit.words import LOCALES
from zaguan.engines.solver.check import check
from zaguan.engines.solver.formats.ours import load_problem, load_solution

SQUARE = """NAME : square
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 4
NODE_COORD_SECTION
1 0 0
2 0 10
3 10 10
4 0 -10
5 10 -10
DEMAND_SECTION
1 0
2 2
3 2
4 2
5 2
DEPOT_SECTION
1
-1
EOF
"""
OURS = {
    "format": "zaguan.problem",
    "version": 1,
    "travel": {"durations_s": [[[0, 60, 90], [60, 0, 30], [90, 30, 0]]]},
    "clients": [{"location": 1, "delivery": [1]}, {"location": 2, "skills": ["crane"]}],
    "vehicles": [{"capacity": [2]}],
}


def run(*words: object, lang: str = "en") -> Result:
    return CliRunner().invoke(make_app(), ["--lang", lang, "solve", *map(str, words)])


def solved(folder: Path, content: str | dict[str, Any], *words: object) -> tuple[Result, str]:
    """Solve a file and return what was said, and what was written."""
    file, out = folder / "problem", folder / "solution"
    file.write_text(content if isinstance(content, str) else json.dumps(content), "utf-8")
    result = run(file, "--iterations", 200, "--threads", 1, "--out", out, *words)
    assert result.exit_code == 0, result.stderr
    return result, out.read_text("utf-8")


def test_vrplib_text_becomes_a_sol_file(tmp_path: Path) -> None:
    """A VRPLIB file is solved to its optimum, written as VRPLIB writes solutions, and summed up."""
    result, text = solved(tmp_path, SQUARE)
    assert text.splitlines()[-1] == "Cost 68"
    assert sorted(sorted(line.split(": ")[1].split()) for line in text.splitlines()[:-1]) == [["1", "2"], ["3", "4"]]
    for words in ("4 of 4 served on 2 routes", "68", "200", "0 violations"):
        assert words in result.stdout


def test_vrooms_json_becomes_vrooms_json(tmp_path: Path) -> None:
    """Summary and steps of a route are VROOM's: cumulated durations, loads after each step, waiting and metres."""
    job = a_job(1, service=5, delivery=[2], time_windows=[[100, 200]], description="first")
    other = a_job(2, service=7, pickup=[3], time_windows=[[300, 400]])
    facts = with_distances(jobs=[job, other], vehicles=[a_vehicle(8, capacity=[4])])
    told = json.loads(solved(tmp_path, facts)[1])
    assert (told["code"], told["unassigned"]) == (0, [])
    summary = told["summary"]
    assert (summary["cost"], summary["routes"], summary["service"]) == (71, 1, 12)
    assert (summary["duration"], summary["distance"], summary["waiting_time"]) == (71, 710, 55)
    (route,) = told["routes"]
    assert (route["vehicle"], route["delivery"], route["pickup"]) == (8, [2], [3])
    steps = [
        (step["type"], step.get("id"), step["duration"], step["distance"], step["load"]) for step in route["steps"]
    ]
    assert steps == [
        ("start", None, 0, 0, [2]),
        ("job", 1, 10, 100, [0]),
        ("job", 2, 50, 500, [3]),
        ("end", None, 71, 710, [3]),
    ]
    assert [step["arrival"] for step in route["steps"]] == [190, 200, 245, 328]
    assert route["steps"][1]["description"] == "first"
    assert all(step["violations"] == [] for step in route["steps"])


def test_a_break_for_which_one_is_home_too_early_is_told_at_the_end(tmp_path: Path) -> None:
    """VROOM's breaks are on every route: moments are the file's timestamps, and one leaves late rather than wait."""
    pause = a_break(service=600, time_windows=[[NOON + 5000, NOON + 6000]], description="lunch")
    vehicle = a_vehicle(time_window=[NOON, NOON + 9000], breaks=[pause])
    _, text = solved(tmp_path, a_file(jobs=[a_job(1, setup=4, service=3)], vehicles=[vehicle]))
    steps = json.loads(text)["routes"][0]["steps"]
    assert [step["type"] for step in steps] == ["start", "job", "break", "end"]
    assert [step["arrival"] - NOON for step in steps] == [4972, 4982, 5000, 5600]
    assert (steps[1]["setup"], steps[1]["service"]) == (4, 3)
    assert sum(step["waiting_time"] for step in steps) == 0


def test_a_break_on_the_way_is_a_step(tmp_path: Path) -> None:
    """A break between two stops stands between them, with its wait and its length."""
    pause = a_break(service=50, time_windows=[[100, 120]])
    jobs = [a_job(1, time_windows=[[0, 90]]), a_job(2, time_windows=[[300, 310]])]
    _, text = solved(tmp_path, a_file(jobs=jobs, vehicles=[a_vehicle(breaks=[pause])]))
    (route,) = json.loads(text)["routes"]
    assert [step["type"] for step in route["steps"]] == ["start", "job", "break", "job", "end"]
    rest = route["steps"][2]
    assert (rest["id"], rest["service"], rest["setup"]) == (1, 50, 0)
    assert 100 <= rest["arrival"] + rest["waiting_time"] <= 120
    assert route["service"] == 50


def test_a_shipment_is_fetched_and_then_brought(tmp_path: Path) -> None:
    """Both ends of a shipment are steps of one route in their order, and their load is aboard between them alone."""
    facts = a_file(jobs=[], shipments=[a_shipment(amount=[2])], vehicles=[a_vehicle(capacity=[2])])
    result, text = solved(tmp_path, facts)
    (route,) = json.loads(text)["routes"]
    assert [(step["type"], step["load"]) for step in route["steps"]] == [
        ("start", [0]),
        ("pickup", [2]),
        ("delivery", [0]),
        ("end", [0]),
    ]
    assert (route["cost"], route["delivery"], route["pickup"]) == (10 + 40 + 21, [2], [2])
    assert "2 of 2 served" in result.stdout


def test_the_lowest_priority_stays_out(tmp_path: Path) -> None:
    """When not all fit, VROOM's priorities decide; the summary says why, in the file's own names."""
    jobs = [a_job(1, delivery=[1], priority=1), a_job(2, delivery=[1], priority=9), a_job(3, delivery=[1], priority=5)]
    result, text = solved(tmp_path, a_file(jobs=jobs, vehicles=[a_vehicle(capacity=[2])]))
    told = json.loads(text)
    assert told["unassigned"] == [{"id": 1, "location_index": 1, "type": "job"}]
    assert told["summary"]["priority"] == 14
    assert "job 1" in result.stdout
    assert "one more vehicle" in " ".join(result.stdout.split())


def test_our_json_becomes_our_json_with_reasons(tmp_path: Path) -> None:
    """The solution that is written passes the checker on the problem that was read, and says why a client stays out."""
    _, text = solved(tmp_path, OURS)
    solution, explained = load_solution(text.encode())
    assert not check(load_problem(json.dumps(OURS).encode()), solution)
    assert [(each.client, each.reason) for each in explained] == [(1, "skills")]
    assert [visit.client for route in solution.routes for visit in route.visits] == [0]


def test_without_a_file_the_solution_goes_to_standard_output(tmp_path: Path) -> None:
    """A pipe gets the solution alone; people read the summary on standard error."""
    file = tmp_path / "square.vrp"
    file.write_text(SQUARE)
    result = run(file, "--iterations", 50, "--threads", 1)
    assert result.stdout.startswith("Route #1")
    assert "4 of 4 served" in result.stderr


def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    """Stopped by iterations, two runs write the same bytes."""
    assert solved(tmp_path, SQUARE, "--seed", 3)[1] == solved(tmp_path, SQUARE, "--seed", 3)[1]


def test_straight_lines_solve_a_file_of_coordinates(tmp_path: Path) -> None:
    """With a speed, VROOM's files without matrices are solved along great circles."""
    spots = [[-70.60, -33.40], [-70.61, -33.41]]
    facts = {
        "jobs": [{"id": number, "location": spot} for number, spot in enumerate(spots)],
        "vehicles": [{"id": 1, "start": [-70.6, -33.5], "end": [-70.6, -33.5]}],
    }
    told = json.loads(solved(tmp_path, facts, "--straight-lines", 30)[1])
    assert told["routes"][0]["steps"][1]["location"] in spots
    assert told["summary"]["distance"] == pytest.approx(30 / 3.6 * told["summary"]["duration"], rel=0.01)


REFUSED: dict[str, tuple[str, list[object], str]] = {
    "empty": ("", [], "empty"),
    "blank": (" \n", [], "empty"),
    "broken": ('{"jobs": [', [], "line 1, column 11"),
    "other JSON": ('{"a": 1}', [], "no problem that is understood"),
    "list": ("[1]", [], "no problem that is understood"),
    "other text": ("hello", [], "problem"),
    "field": (json.dumps(a_file(jobs=[a_job(foo=1)])), [], "jobs[0].foo"),
    "as ours": (json.dumps(a_file()), ["--format", "ours"], "jobs"),
    "as vroom": (SQUARE, ["--format", "vroom"], "line 1, column 1"),
    "straight": (SQUARE, ["--straight-lines", 30], "--straight-lines"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_bad_files_are_refused(tmp_path: Path, name: str) -> None:
    """What cannot be read is refused with its place and a hint, with no traceback and nothing written."""
    content, words, said = REFUSED[name]
    file, out = tmp_path / "problem", tmp_path / "solution"
    file.write_text(content)
    told = set()
    for lang in LOCALES:
        result = run(file, "--out", out, *words, lang=lang)
        assert result.exit_code == EXIT_STATUS[Kind.INVALID]
        told.add(result.stderr)
        if lang == "en":
            assert said in result.stderr
            assert "hint:" in result.stderr
    assert len(told) == len(LOCALES)
    assert not out.exists()


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    """A file that is not there has a status of its own."""
    result = run(tmp_path / "nothing.vrp")
    assert result.exit_code == EXIT_STATUS[Kind.NOT_FOUND]
    assert "nothing.vrp" in result.stderr


def test_the_problem_is_not_written_over(tmp_path: Path) -> None:
    """The solution never replaces the problem."""
    file = tmp_path / "square.vrp"
    file.write_text(SQUARE)
    result = run(file, "--out", file)
    assert result.exit_code == EXIT_STATUS[Kind.CONFLICT]
    assert file.read_text() == SQUARE


@pytest.mark.parametrize("words", [("--seconds", 0), ("--iterations", -1), ("--threads", 0), ("--format", "csv")])
def test_impossible_options_are_refused(tmp_path: Path, words: tuple[object, ...]) -> None:
    """Budgets and threads below their least, and forms that do not exist, are refused before the file is read."""
    result = run(tmp_path / "nothing", *words)
    assert result.exit_code == 2
    assert str(words[0]) in result.stderr


def test_ctrl_c_keeps_the_best_so_far(tmp_path: Path) -> None:
    """An interrupted search still writes a verified solution, long before the time is up."""
    file, out = tmp_path / "square.vrp", tmp_path / "square.sol"
    file.write_text(SQUARE)
    ended = interrupted("solve", file, "--seconds", 600, "--out", out, once="… searching")
    assert ended.status == 0, ended.err
    assert "best plan so far" in ended.err
    assert "4 of 4 served" in ended.out
    assert out.read_text().splitlines()[-1].startswith("Cost ")
