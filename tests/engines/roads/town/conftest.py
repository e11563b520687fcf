"""Two towns that the tests share: a small one, and one large enough for a ring of two carriageways."""

from dataclasses import dataclass

import pytest

from tests.engines.roads.town.mapped import Mapped, read_extract, read_rows
from zaguan.base.kit.progress import SilentProgress
from zaguan.engines.roads.town.town import TownFiles, generate_town


@dataclass
class Made:
    """A generated town and what is read back from its files."""

    files: TownFiles
    mapped: Mapped
    register: list[dict[str, str]]
    residents: list[dict[str, str]]
    addresses: int


@pytest.fixture(scope="session", params=[(5, 2_000), (7, 12_000)], ids=["small", "large"])
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Generate a town and read it back."""
    seed, addresses = request.param
    files = generate_town(
        seed=seed, addresses=addresses, folder=tmp_path_factory.mktemp("town"), progress=SilentProgress()
    )
    return Made(
        files=files,
        mapped=read_extract(files.extract),
        register=read_rows(files.register),
        residents=read_rows(files.residents),
        addresses=addresses,
    )
