"""For all tests."""

import signal
from collections.abc import Iterator

import pytest

_LONGEST = ("tests/new_event", "tests/changed_event")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # What a shell starts in the background ignores Ctrl-C, and so would every program the tests start.
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that run the suite in copies: in the end nothing is left to do beside them."""
    items.sort(key=lambda item: not item.nodeid.startswith(_LONGEST))


@pytest.fixture(scope="session", autouse=True)
def _home_of_its_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the tests out of the home of who runs them, where outboxes and settings of other programs are."""
    with pytest.MonkeyPatch.context() as patch:
        home = str(tmp_path_factory.mktemp("home"))
        for name in ("HOME", "USERPROFILE"):
            patch.setenv(name, home)
        yield
