"""docs/reference/roles.md keeps to the table of the source."""

import re

from tests.house.source import ROOT
from zaguan.records.accounts.model import GRANTABLE, Permission, Role, may

PAGE = (ROOT / "docs" / "reference" / "roles.md").read_text("utf-8")


def test_the_page_says_what_each_role_may() -> None:
    """Each cell of the page's table is what `may` answers; the last column is what a key can hold."""
    rows = {
        cells[0].strip("` "): [bool(cell.strip()) for cell in cells[2:]]
        for line in re.findall(r"^\| (`[a-z:]+` \|.*) \|$", PAGE, flags=re.MULTILINE)
        for cells in [line.split(" | ")]
    }
    assert rows == {
        permission.value: [*(may(role, permission) for role in Role), permission in GRANTABLE]
        for permission in Permission
    }
