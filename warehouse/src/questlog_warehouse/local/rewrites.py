"""What is changed in Snowflake's SQL before fakesnow sees it: each function says why."""

import re
from collections.abc import Callable

DATABASE = "QUESTLOG"


def rewritten(sql: str) -> str:
    """Return the statement as fakesnow can run it; unchanged when it can as it is."""
    for rewrite in REWRITES:
        sql = rewrite(sql)
    return sql


def _unenforced_key(sql: str) -> str:
    """Snowflake does not enforce a key that says NOT ENFORCED; DuckDB would, and cannot parse those words."""
    return re.sub(r",\s*CONSTRAINT \w+ PRIMARY KEY \([^)]+\) NOT ENFORCED NORELY", "", sql)


def _asof_join(sql: str) -> str:
    """Snowflake's ASOF JOIN keeps rows without a match; DuckDB's drops them unless it is a LEFT one."""
    left = sql.replace("ASOF JOIN", "ASOF LEFT JOIN")
    return re.sub(r"MATCH_CONDITION \(([^)]+)\)\s+ON ", r"ON \1 AND ", left)


def _type_of(sql: str) -> str:
    """TYPEOF of a VARIANT is always 'JSON' in fakesnow; a macro gives Snowflake's names."""
    return sql.replace("TYPEOF(", f"{DATABASE}.STAND_IN.VARIANT_TYPE(")


def _comment_quotes(sql: str) -> str:
    """Fakesnow forgets to escape quotes in comments on tables and views."""
    return sql.replace("''", "''''") if re.match(r"COMMENT ON (TABLE|VIEW)", sql) else sql


REWRITES: tuple[Callable[[str], str], ...] = (_unenforced_key, _asof_join, _type_of, _comment_quotes)
