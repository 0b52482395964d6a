"""A known bug: what goes wrong for whom, and the change of the source that makes it."""

from dataclasses import dataclass
from pathlib import Path, PurePosixPath


class StaleBugError(Exception):
    """The text a bug replaces is not once in its file: the source has changed, and so must the bug."""


@dataclass(frozen=True)
class Bug:
    """One mistake a person could make: `broken` instead of `source`, which is once in `file`.

    `tests` are those that must catch it, paths or ids of pytest; none means the file that mirrors `file`.
    """

    name: str
    file: str
    source: str
    broken: str
    tests: tuple[str, ...] = ()

    @property
    def hunters(self) -> tuple[str, ...]:
        """The tests that must catch it."""
        return self.tests or (_mirror(self.file),)

    def seeded_in(self, text: str) -> str:
        """Return the file's `text` with the bug.

        Raises:
            StaleBugError: when what is to be replaced is not once in it.
        """
        count = text.count(self.source)
        if count != 1:
            raise StaleBugError(f"{self.name!r}: {self.file} has its text {count} times, not once")
        return text.replace(self.source, self.broken)


def _mirror(file: str) -> str:
    """Return where the tests of a file are: `api/src/questlog_api/a/b.py` -> `tests/api/a/test_b.py`."""
    package, _, _, *folders, module = PurePosixPath(file).parts
    return str(Path("tests", package, *folders, f"test_{module}"))
