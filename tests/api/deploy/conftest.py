from collections.abc import Iterator

import pytest

from tests.api.deploy.stack import EVERYTHING, Cloud, Stack
from tests.api.deploy.stack import cloud as running_cloud
from tests.api.deploy.templates import TEMPLATE


@pytest.fixture(scope="module")
def cloud() -> Iterator[Cloud]:
    with running_cloud() as cloud:
        yield cloud


@pytest.fixture(scope="module")
def stack(cloud: Cloud) -> Stack:
    """The template as it is deployed first, with nothing but its defaults."""
    return cloud.create(TEMPLATE)


@pytest.fixture(scope="module")
def full(cloud: Cloud) -> Stack:
    """The template with everything that may be switched on."""
    return cloud.create(TEMPLATE, "full", **EVERYTHING)
