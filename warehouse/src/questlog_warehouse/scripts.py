"""The SQL of the warehouse, hand-written and generated, in the order it is deployed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.resources import files

FOLDERS = ("foundation", "_generated")
ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Script:
    """A file of SQL statements, named for schemachange: `V0001__landing.sql`, `R__money.sql`."""

    name: str
    text: str

    @property
    def version(self) -> int | None:
        """The number of a script that runs once; None for one that runs whenever its text changed."""
        kind, _, _ = self.name.partition("__")
        return int(kind[1:]) if kind[0] == "V" else None


def scripts() -> tuple[Script, ...]:
    """Return all scripts of the package in the order they are deployed."""
    return ordered(_read(*FOLDERS))


def account_scripts() -> tuple[Script, ...]:
    """Return what an administrator runs by hand: first what comes before the first deployment."""
    return tuple(sorted(_read(ACCOUNT), key=lambda script: script.name))


def ordered(unordered: Iterable[Script]) -> tuple[Script, ...]:
    """Return scripts as schemachange would run them: by number first, then the repeatable ones by name.

    Raises:
        ValueError: when two scripts share a number: schemachange would refuse to run.
    """
    result = sorted(unordered, key=_order)
    numbers = [script.version for script in result if script.version is not None]
    for number in numbers:
        if numbers.count(number) > 1:
            raise ValueError(f"two scripts have the number V{number:04}: give one the next free number")
    return tuple(result)


def _read(*folders: str) -> Iterator[Script]:
    for folder in folders:
        for file in files("questlog_warehouse").joinpath(folder).iterdir():
            if file.name.endswith(".sql"):
                yield Script(file.name, file.read_text(encoding="utf-8"))


def _order(script: Script) -> tuple[bool, int, str]:
    return script.version is None, script.version or 0, script.name
