"""The statements about access: registered when all they name exists."""

import re
from collections.abc import Iterator

from questlog_warehouse.local.access import ROLE_TEST, TAG_TEST, Policy, UnknownObjectError
from questlog_warehouse.local.ledger import How
from questlog_warehouse.local.rewrites import DATABASE
from questlog_warehouse.local.statement import Parts, Statement, UnknownStatementError, local_name, statement

PRIVILEGES = {
    "ACCOUNT": {"EXECUTE TASK", "EXECUTE MANAGED TASK", "APPLY MASKING POLICY", "CREATE DATABASE"},
    "DATABASE": {"USAGE", "CREATE SCHEMA"},
    "INTEGRATION": {"USAGE"},
    "SCHEMA": {"USAGE", "CREATE STAGE", "CREATE PIPE"},
    "STAGE": {"USAGE"},
    "TABLE": {"SELECT", "INSERT", "UPDATE", "DELETE"},
    "VIEW": {"SELECT"},
    "WAREHOUSE": {"USAGE", "OPERATE"},
}
"""Kind of object -> what may be granted on it, of what the project grants.

https://docs.snowflake.com/en/user-guide/security-access-control-privileges
"""

_DEPLOYED = ("SCHEMA", "TABLE", "VIEW")


def _create(parts: Parts, match: re.Match[str]) -> How:
    for kind, group in (("ROLE", "role"), ("INTEGRATION", "integration")):
        if name := match.groupdict().get(group):
            parts.access.require(kind, name)
    parts.access.create(match["kind"], local_name(match["name"]))
    return "registered"


def _create_stage(parts: Parts, match: re.Match[str]) -> How:
    schema, _, _ = local_name(match["name"]).partition(".")
    parts.access.demand(parts.access.session, "CREATE STAGE", "SCHEMA", schema)
    return _create(parts, match)


def _use(parts: Parts, match: re.Match[str]) -> How:
    if match["kind"] == "ROLE":
        parts.access.use(match["name"])
    else:
        _require(parts, match["kind"], local_name(match["name"]))
    return "registered"


def _grant_role(parts: Parts, match: re.Match[str]) -> How:
    role, to = match["role"], match["to"]
    parts.access.require("ROLE", role)
    parts.access.require(match["kind"], to)
    if match["kind"] == "ROLE":
        if to in parts.access.roles(role):
            raise UnknownObjectError(f"role {role} inherits {to} already: a circle cannot be granted")
        parts.access.inherited[to].add(role)
    return "registered"


def _grant(parts: Parts, match: re.Match[str]) -> How:
    kind, name, role = match["kind"], local_name(match["name"] or ""), match["role"]
    parts.access.require("ROLE", role)
    _require(parts, kind, name)
    for privilege in match["privileges"].split(", "):
        if privilege not in PRIVILEGES[kind]:
            raise UnknownStatementError(match[0])
        parts.access.grants.add((role, privilege, kind, name))
    return "registered"


def _require(parts: Parts, kind: str, name: str) -> None:
    """Find the object where it is kept: in the database, in the registry, or nowhere."""
    if kind == "ACCOUNT" or (kind == "DATABASE" and name == DATABASE):
        return
    if kind not in _DEPLOYED:
        parts.access.require(kind, name)
    elif parts.database.kind(name) != kind:
        raise UnknownObjectError(f"there is no {kind} {name}: deploy it first, or correct the name")


def _create_tag(parts: Parts, match: re.Match[str]) -> How:
    parts.access.create("TAG", match["name"])
    return "registered"


def _allow(parts: Parts, match: re.Match[str]) -> How:
    parts.access.require("TAG", match["tag"])
    return "registered"


def _set_tag(parts: Parts, match: re.Match[str]) -> How:
    parts.access.require("TAG", match["tag"])
    _have_columns(parts, match["table"], match["column"])
    tags = parts.access.tagged.setdefault((match["table"], match["column"]), {})
    tags[match["tag"]] = match["value"]
    return "registered"


def _have_columns(parts: Parts, table: str, columns: str) -> None:
    parts.database.query(f"SELECT {columns} FROM {table} LIMIT 0")  # noqa: S608 - deployed SQL itself


def _create_policy(parts: Parts, match: re.Match[str]) -> How:
    if match["family"] != match["returned"]:
        raise UnknownStatementError(match[0])
    policy = Policy(match["argument"], match["family"], match["body"])
    if match["name"] not in parts.access.policies:
        _check_policy(parts, policy)
        parts.access.policies[match["name"]] = policy
    return "body"


def _alter_policy(parts: Parts, match: re.Match[str]) -> How:
    before = _policy(parts, match["name"])
    policy = Policy(before.argument, before.family, match["body"])
    _check_policy(parts, policy)
    parts.access.policies[match["name"]] = policy
    return "body"


def _check_policy(parts: Parts, policy: Policy) -> None:
    """Evaluate the body, and for a role and a tag that exist."""
    for role in ROLE_TEST.findall(policy.body):
        parts.access.require("ROLE", role)
    for tag in TAG_TEST.findall(policy.body):
        parts.access.require("TAG", tag)
    body = TAG_TEST.sub("NULL", ROLE_TEST.sub("FALSE", policy.body))
    value = f"(SELECT CAST(NULL AS {policy.family}) AS {policy.argument})"
    parts.database.query(f"SELECT {body} FROM {value}")  # noqa: S608 - deployed SQL itself


def _policy(parts: Parts, name: str) -> Policy:
    try:
        return parts.access.policies[name]
    except KeyError:
        raise UnknownObjectError(f"there is no masking policy {name}: create it first") from None


def _mask_tag(parts: Parts, match: re.Match[str]) -> How:
    """Let a policy protect what a tag is set on; with FORCE it replaces that of the same type.

    https://docs.snowflake.com/en/sql-reference/sql/alter-tag
    """
    parts.access.require("TAG", match["tag"])
    family = _policy(parts, match["policy"]).family
    parts.access.tag_policies.setdefault(match["tag"], {})[family] = match["policy"]
    return "registered"


def _create_pipe(parts: Parts, match: re.Match[str]) -> How:
    """A pipe copies with the rights of its owner, the role that creates it."""
    stage, _, _ = match["stage"].partition("/")
    owner, table = parts.access.session, local_name(match["table"])
    parts.access.demand(owner, "CREATE PIPE", "SCHEMA", local_name(match["name"]).partition(".")[0])
    for privilege in ("INSERT", "SELECT"):
        parts.access.demand(owner, privilege, "TABLE", table)
    parts.access.require("STAGE", local_name(stage))
    _have_columns(parts, match["table"], match["columns"])
    parts.access.create("PIPE", local_name(match["name"]))
    return "registered"


def _creations() -> Iterator[Statement]:
    """What only has to have a name here; options are for sqlfluff to read."""
    for kind, options in {
        "DATABASE": r"(?:\s+COMMENT = '[^']*')?",
        "ROLE": r"(?:\s+COMMENT = '[^']*')?",
        "WAREHOUSE": r"\s+WAREHOUSE_SIZE = '?\w+'?\s.*",
        "USER": r"\s+TYPE = SERVICE\s.*DEFAULT_ROLE = (?P<role>\w+).*",
        "STAGE": r"\s+URL = '[^']+'\s+STORAGE_INTEGRATION = (?P<integration>\w+)",
    }.items():
        pattern = rf"CREATE (?P<kind>{kind}) IF NOT EXISTS (?P<name>\S+){options}"
        yield statement(f"CREATE {kind}", pattern, _create_stage if kind == "STAGE" else _create)
    pattern = r"CREATE STORAGE (?P<kind>INTEGRATION) IF NOT EXISTS (?P<name>\w+)\s+TYPE = EXTERNAL_STAGE\s.+"
    yield statement("CREATE STORAGE INTEGRATION", pattern, _create)


_KINDS = "|".join(PRIVILEGES)

ACCESS_STATEMENTS: tuple[Statement, ...] = (
    *_creations(),
    statement("USE", r"USE (?P<kind>ROLE|DATABASE|WAREHOUSE) (?P<name>\w+)", _use),
    statement("GRANT ROLE", r"GRANT ROLE (?P<role>\w+) TO (?P<kind>ROLE|USER) (?P<to>\w+)", _grant_role),
    statement(
        "GRANT",
        rf"GRANT (?P<privileges>[A-Z ,]+) ON (?P<kind>{_KINDS})(?: (?P<name>[\w.]+))? TO ROLE (?P<role>\w+)",
        _grant,
    ),
    statement("CREATE TAG", r"CREATE TAG IF NOT EXISTS (?P<name>\S+) ALLOWED_VALUES .+", _create_tag),
    statement("ALTER TAG", r"ALTER TAG (?P<tag>\S+) ADD ALLOWED_VALUES '\w+'", _allow),
    statement(
        "SET TAG",
        r"ALTER TABLE (?P<table>\S+) MODIFY COLUMN (?P<column>\w+) SET TAG (?P<tag>\S+) = '(?P<value>\w+)'",
        _set_tag,
    ),
    statement(
        "CREATE MASKING POLICY",
        r"CREATE MASKING POLICY IF NOT EXISTS (?P<name>\S+) AS \((?P<argument>\w+) (?P<family>\w+)\)"
        r" RETURNS (?P<returned>\w+) ->\s+(?P<body>.+)",
        _create_policy,
    ),
    statement(
        "ALTER MASKING POLICY",
        r"ALTER MASKING POLICY (?P<name>\S+) SET BODY ->\s+(?P<body>.+)",
        _alter_policy,
    ),
    statement(
        "SET MASKING POLICY",
        r"ALTER TAG (?P<tag>\S+) SET MASKING POLICY (?P<policy>[\w.]+) FORCE",
        _mask_tag,
    ),
    statement(
        "CREATE PIPE",
        r"CREATE PIPE IF NOT EXISTS (?P<name>\S+) AUTO_INGEST = TRUE AS\s+COPY INTO (?P<table>\S+)"
        r" \((?P<columns>[^)]+)\)\s+FROM \(.+FROM @(?P<stage>\S+)\s*\)\s+FILE_FORMAT = \(TYPE = JSON\)"
        r" ON_ERROR = CONTINUE",
        _create_pipe,
    ),
)
