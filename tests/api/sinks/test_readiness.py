import asyncio
import logging

import pytest

from questlog_api.sinks import SinkUnavailable, readiness
from questlog_api.sinks.readiness import Readiness

pytestmark = pytest.mark.anyio


class Question:
    """Counts how often it was asked; `failure` is what is wrong with the sink."""

    def __init__(self, failure: str | None = None) -> None:
        self.failure = failure
        self.asked = 0

    def ask(self) -> None:
        self.asked += 1
        if self.failure is not None:
            raise SinkUnavailable(self.failure)


async def test_probes_at_the_same_time_ask_once() -> None:
    question = Question()
    ready = Readiness(question.ask)
    await asyncio.gather(*(ready.check() for _ in range(80)))
    await ready.close()
    assert question.asked == 1


async def test_a_bad_answer_is_believed_for_a_while_too(caplog: pytest.LogCaptureFixture) -> None:
    question = Question("the stream is CREATING")
    ready = Readiness(question.ask)
    answers = await asyncio.gather(*(ready.check() for _ in range(80)), return_exceptions=True)
    await ready.close()
    assert {str(answer) for answer in answers} == {"the stream is CREATING"}
    assert question.asked == 1
    assert [(record.levelno, record.message) for record in caplog.records] == [
        (logging.WARNING, "not ready: the stream is CREATING")
    ]


async def test_a_sink_that_recovers_is_ready_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "_BAD_SECONDS", 0)
    question = Question("the stream is CREATING")
    ready = Readiness(question.ask)
    with pytest.raises(SinkUnavailable):
        await ready.check()
    question.failure = None
    await ready.check()
    await ready.close()
