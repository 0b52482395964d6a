"""Keeps roles, grants, tags and policies in the database: they are there when it is opened again."""

import json
from dataclasses import asdict
from typing import Any

from questlog_warehouse.local.access import Access, Policy
from questlog_warehouse.local.database import Database

_TABLE = "CREATE TABLE IF NOT EXISTS QUESTLOG.STAND_IN.ACCESS (STATE VARCHAR)"
_READ = "SELECT STATE FROM QUESTLOG.STAND_IN.ACCESS"
_CLEAR = "DELETE FROM QUESTLOG.STAND_IN.ACCESS"
_WRITE = "INSERT INTO QUESTLOG.STAND_IN.ACCESS VALUES (?)"


def read(database: Database) -> Access:
    """Return what was kept; nothing but the system's roles in a fresh database."""
    database.duck.execute(_TABLE)
    row = database.duck.execute(_READ).fetchone()
    return _access(json.loads(row[0])) if row else Access()


def write(database: Database, access: Access) -> None:
    """Keep the access of a database in a folder; one in memory cannot be opened again."""
    if database.kept:
        with database.transaction():
            database.duck.execute(_CLEAR)
            database.duck.execute(_WRITE, (json.dumps(_state(access)),))


def _state(access: Access) -> dict[str, Any]:
    """JSON has neither sets nor keys of two parts: both become lists."""
    return {
        **asdict(access),
        "inherited": {role: sorted(of) for role, of in access.inherited.items()},
        "objects": sorted(access.objects),
        "grants": sorted(access.grants),
        "tagged": [[*column, tags] for column, tags in sorted(access.tagged.items())],
    }


def _access(state: dict[str, Any]) -> Access:
    return Access(
        inherited={role: set(of) for role, of in state["inherited"].items()},
        objects={(kind, name) for kind, name in state["objects"]},
        grants={(role, privilege, kind, name) for role, privilege, kind, name in state["grants"]},
        tagged={(table, column): tags for table, column, tags in state["tagged"]},
        policies={name: Policy(**policy) for name, policy in state["policies"].items()},
        tag_policies=state["tag_policies"],
        views=state["views"],
    )
