"""Who may do what: roles, privileges, tags and masking policies, as far as this machine can check them.

fakesnow has none of them. Every name a statement mentions has to exist, and `demand` refuses what a role was
not granted, directly or by a role it inherits:
https://docs.snowflake.com/en/user-guide/security-access-control-overview
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from snowflake.connector.errors import ProgrammingError

from questlog_warehouse.local.rewrites import DATABASE

OWNER = "QUESTLOG_DEPLOYER"
"""The role that deploys: it owns what is deployed, and an owner may do everything with it."""

_SYSTEM_ROLES = ("ACCOUNTADMIN", "SECURITYADMIN", "USERADMIN", "SYSADMIN", "PUBLIC")
_ADMINISTRATOR = "ACCOUNTADMIN"
_SCHEMAS = ("INFORMATION_SCHEMA",)
"""Open to every role: https://docs.snowflake.com/en/sql-reference/info-schema"""

ROLE_TEST = re.compile(r"IS_ROLE_IN_SESSION\('([^']+)'\)")
TAG_TEST = re.compile(r"SYSTEM\$GET_TAG_ON_CURRENT_COLUMN\('([^']+)'\)")

_WORDS = {"SELECT": "SELECT from", "DELETE": "DELETE from", "INSERT": "INSERT into"}


class AccessDeniedError(ProgrammingError):
    """Raised when a role may not do what it was asked to; the message names role, object and grant."""

    def __init__(self, message: str) -> None:
        super().__init__(msg=message, errno=3001, sqlstate="42501")


class UnknownObjectError(Exception):
    """Raised for a statement that names something that does not exist; the message says what."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A masking policy: `body` is an expression over `argument`, for columns of the type `family`."""

    argument: str
    family: str
    body: str


@dataclass(slots=True)
class Access:
    """What was created and granted so far. Names are without the database, in capitals."""

    inherited: dict[str, set[str]] = field(default_factory=dict)
    """Role -> the roles granted to it."""

    objects: set[tuple[str, str]] = field(default_factory=set)
    """Kind and name of what is only registered: WAREHOUSE, USER, INTEGRATION, STAGE, PIPE, TAG."""

    grants: set[tuple[str, str, str, str]] = field(default_factory=set)
    """Role, privilege, kind of the object, its name."""

    tagged: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """Table and column -> tag -> value."""

    policies: dict[str, Policy] = field(default_factory=dict)
    tag_policies: dict[str, dict[str, str]] = field(default_factory=dict)
    """Tag -> family of types -> policy."""

    views: dict[str, str] = field(default_factory=dict)
    """View -> what stands after its name where it was created."""

    session: str = OWNER
    """The role that statements are run by, as USE ROLE said last: what it makes, it needs privileges for."""

    def __post_init__(self) -> None:
        for role in _SYSTEM_ROLES:
            self.inherited.setdefault(role, set())

    def roles(self, role: str) -> set[str]:
        """Return a role and all it inherits: what IS_ROLE_IN_SESSION is true for.

        Raises:
            UnknownObjectError: when there is no such role.
        """
        self.require("ROLE", role)
        found, queue = set(), [role]
        while queue:
            one = queue.pop()
            if one not in found:
                found.add(one)
                queue.extend(self.inherited[one])
        return found

    def require(self, kind: str, name: str) -> None:
        """Do nothing when the thing exists.

        Raises:
            UnknownObjectError: when it does not.
        """
        known = self.inherited if kind == "ROLE" else {found for of, found in self.objects if of == kind}
        if name not in known:
            raise UnknownObjectError(f"there is no {kind} {name}: create it first, or correct the name")

    def create(self, kind: str, name: str) -> None:
        """Note that something exists; again does nothing."""
        if kind == "ROLE":
            self.inherited.setdefault(name, set())
        else:
            self.objects.add((kind, name))

    def create_view(self, name: str, definition: str, *, copy_grants: bool) -> None:
        """Note a view; the grants of the one it replaces are gone unless they are copied.

        https://docs.snowflake.com/en/sql-reference/sql/create-view
        """
        self.views[name] = definition
        if not copy_grants:
            self.grants = {grant for grant in self.grants if grant[2:] != ("VIEW", name)}

    def use(self, role: str) -> None:
        """Run what follows as a role.

        Raises:
            UnknownObjectError: when there is no such role.
        """
        self.require("ROLE", role)
        self.session = role

    def demand(self, role: str, privilege: str, kind: str, name: str) -> None:
        """Do nothing when `role` may; `kind` is TABLE or VIEW, or SCHEMA for what is made in one.

        Raises:
            AccessDeniedError: when it may not.
        """
        roles = self.roles(role)
        schema = name.partition(".")[0]
        if roles & {OWNER, _ADMINISTRATOR} or schema in _SCHEMAS:
            return
        for missing in self._missing(roles, privilege, kind, name):
            verb = f"{_WORDS.get(privilege, f'{privilege} in')} {name}"
            raise AccessDeniedError(
                f"role {role} may not {verb}: grant {missing} to it or to one it inherits"
            )

    def _missing(self, roles: set[str], privilege: str, kind: str, name: str) -> Iterator[str]:
        schema = name.partition(".")[0]
        needed = [("USAGE", "DATABASE", DATABASE), ("USAGE", "SCHEMA", schema), (privilege, kind, name)]
        for grant in needed:
            if not any((role, *grant) in self.grants for role in roles):
                yield "{} ON {} {}".format(*grant)

    def masked(self, table: str, column: str, family: str, roles: set[str]) -> str:
        """Return what roles see in place of a column: its name, unless a policy says otherwise.

        A tag protects columns of the types it has a policy for:
        https://docs.snowflake.com/en/user-guide/tag-based-masking-policies
        """
        tags = self.tagged.get((table, column), {})
        for tag in tags:
            if name := self.tag_policies.get(tag, {}).get(family):
                return _evaluated(self.policies[name], column, roles, tags)
        return column


def _evaluated(policy: Policy, column: str, roles: set[str], tags: dict[str, str]) -> str:
    """Put in what Snowflake knows when it evaluates a policy: column, tags, the roles of the session."""

    def role(match: re.Match[str]) -> str:
        return str(match[1] in roles).upper()

    def tag(match: re.Match[str]) -> str:
        return f"'{tags[match[1]]}'" if match[1] in tags else "NULL"

    body = ROLE_TEST.sub(role, TAG_TEST.sub(tag, policy.body))
    return re.sub(rf"\b{policy.argument}\b", column, body)
