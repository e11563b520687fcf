"""docs/reference/roles.md: who may do what, from the table in records/accounts/model.py."""

from zaguan.base.kit.words import say
from zaguan.records.accounts.model import GRANTABLE, PERMISSIONS, SCOPE_ALLOWED, SCOPE_NEEDED, Permission, Role

PAGE = "docs/reference/roles.md"
HEAD = """# Roles and permissions

A user has one role in one organisation. What the role allows is checked by the door and again by the use case. An API
key has no role: it holds the permissions that it was granted, one by one, out of the last column; a key in the scope of
a shipper or a partner holds no more than the role of the same name.
"""
SCOPES = """
## Scopes

A scope narrows what is seen: a record that does not belong to it is as if it were not there.

| role | must name | may name |
|---|---|---|
"""


def page() -> str:
    """Return the page."""
    roles = list(Role)
    lines = ["", f"| permission | allows to | {' | '.join(role.value for role in roles)} | API key |"]
    lines.append(f"|---|---|{':-:|' * (len(roles) + 1)}")
    lines += [_row(permission, roles) for permission in Permission]
    return HEAD + "\n".join(lines) + "\n" + SCOPES + "".join(map(_scope, roles))


def _row(permission: Permission, roles: list[Role]) -> str:
    marks = [permission in PERMISSIONS[role] for role in roles] + [permission in GRANTABLE]
    meaning = say(f"accounts.permission_{permission.name.lower()}", "en")
    return f"| `{permission.value}` | {meaning} | {' | '.join('●' if mark else '' for mark in marks)} |"


def _scope(role: Role) -> str:
    needed = SCOPE_NEEDED.get(role, "")
    allowed = sorted(SCOPE_ALLOWED.get(role, ()))
    return f"| {role.value} | {_plain([needed] if needed else [])} | {_plain(allowed)} |\n"


def _plain(names: list[str]) -> str:
    return ", ".join(name.removesuffix("_id") for name in names) or "–"
