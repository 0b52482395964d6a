from collections.abc import Iterator

import pytest

from tests.pipeline.setup import Pipeline, running_pipeline


@pytest.fixture
def pipeline() -> Iterator[Pipeline]:
    with running_pipeline(reporting=()) as pipeline:
        yield pipeline
