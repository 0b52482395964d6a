"""Getting one batch answered: again until it is, and in halves when the API refuses it whole."""

import itertools
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from questlog._answers import Misconfigured, Refused, Unavailable
from questlog._entry import Entry
from questlog._log import get_logger
from questlog._results import BatchResult, Rejection
from questlog._retry import Pause, RetryPolicy
from questlog._transport import Transport

_logger = get_logger()


@dataclass(frozen=True, slots=True)
class Outcome:
    """The oldest `count` events that were not settled yet are settled; `rejections` among them."""

    count: int
    rejections: tuple[Rejection, ...]


class Sender:
    """Sends batches, one at a time.

    Args:
        transport: Takes a batch to the API.
        policy: How long to wait before a batch is sent again.
        pause: Waits that long; False when there is no use in sending again.
    """

    def __init__(self, transport: Transport, policy: RetryPolicy, pause: Callable[[Pause], bool]) -> None:
        self._transport = transport
        self._policy = policy
        self._pause = pause

    def outcomes(self, batch: Sequence[Entry]) -> Iterator[Outcome]:
        """Yield what became of `batch`, from its first event to its last; ends early when `pause` says so."""
        parts = [batch]
        while parts:
            part = parts.pop()
            answer = self._answer(part)
            if answer is None:
                return
            if isinstance(answer, BatchResult):
                yield Outcome(len(part), answer.rejections)
            elif len(part) > 1:
                half = len(part) // 2
                parts += [part[half:], part[:half]]
            else:
                yield Outcome(1, (Rejection(part[0].event, part[0].event_id, (answer.reason,)),))

    def _answer(self, batch: Sequence[Entry]) -> BatchResult | Refused | None:
        for attempt in itertools.count():
            answer = self._attempt(batch)
            if isinstance(answer, BatchResult | Refused):
                return answer
            _report(answer, attempt)
            if not self._pause(self._policy.pause(answer, attempt)):
                break
        return None

    def _attempt(self, batch: Sequence[Entry]) -> BatchResult | Refused | Unavailable | Misconfigured:
        try:
            return self._transport.send(batch)
        except Exception as error:
            # Whatever it is, the events are still there, and the game must not notice.
            _logger.exception("sending failed in an unexpected way; it will be tried again")
            return Unavailable(type(error).__name__)


def _report(answer: Unavailable | Misconfigured, attempt: int) -> None:
    if isinstance(answer, Misconfigured):
        _logger.error("events are kept but cannot be delivered: %s", answer.advice)
    else:
        level = logging.DEBUG if attempt else logging.WARNING
        _logger.log(level, "events could not be delivered, will be tried again: %s", answer.reason)
