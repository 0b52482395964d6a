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
    """The oldest `count` events that were not settled yet are settled; `rejections` among them.

    `unkept` is the JSON of a single one that was rejected and of which the API keeps nothing; otherwise None.
    """

    count: int
    rejections: tuple[Rejection, ...]
    unkept: bytes | None = None


class Sender:
    """Sends batches, one at a time.

    Args:
        transport: Takes a batch to the API.
        policy: How long to wait before a batch is sent again.
        pause: Waits that long, unless `wanted` ends.
        wanted: Tells whether the batch is to be sent, again or in parts.
    """

    def __init__(
        self,
        transport: Transport,
        policy: RetryPolicy,
        pause: Callable[[Pause], None],
        wanted: Callable[[], bool],
    ) -> None:
        self._transport = transport
        self._policy = policy
        self._pause = pause
        self._wanted = wanted

    def outcomes(self, batch: Sequence[Entry]) -> Iterator[Outcome]:
        """Yield what became of `batch`, from its first event to its last; end early when it is not wanted."""
        parts = [batch] if batch else []
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
                rejection = Rejection(part[0].event, part[0].event_id, (answer.reason,))
                yield Outcome(1, (rejection,), part[0].body)

    def _answer(self, batch: Sequence[Entry]) -> BatchResult | Refused | None:
        for attempt in itertools.count():
            if not self._wanted():
                break
            answer = self._attempt(batch)
            if isinstance(answer, Refused) and answer.advice and len(batch) == 1 and not self._passes():
                answer = Misconfigured(answer.advice)
            if isinstance(answer, BatchResult | Refused):
                _show(batch, answer)
                return answer
            _report(answer, attempt)
            self._pause(self._policy.pause(answer, attempt))
        return None

    def _passes(self) -> bool:
        """Tell whether requests arrive as they are sent: the API reads that this one is empty and says so."""
        answer = self._attempt(())
        return isinstance(answer, Refused) and not answer.advice

    def _attempt(self, batch: Sequence[Entry]) -> BatchResult | Refused | Unavailable | Misconfigured:
        try:
            return self._transport.send(batch)
        except Exception as error:
            # Whatever it is, the events are still there, and the game must not notice.
            _logger.exception("sending failed in an unexpected way; it will be tried again")
            return Unavailable(type(error).__name__)


def _show(batch: Sequence[Entry], answer: BatchResult | Refused) -> None:
    """Log what was sent and what came of it: names, ids and sizes, as the rest may be personal."""
    if not _logger.isEnabledFor(logging.DEBUG):
        return
    refused = len(answer.rejections) if isinstance(answer, BatchResult) else len(batch)
    size = sum(len(entry.body) for entry in batch)
    _logger.debug("%d event(s), %d bytes, were answered; refused: %d", len(batch), size, refused)
    for entry in batch:
        _logger.debug("sent %s %s, %d bytes", entry.event, entry.event_id, len(entry.body))


def _report(answer: Unavailable | Misconfigured, attempt: int) -> None:
    if isinstance(answer, Misconfigured):
        _logger.error("events cannot be delivered: %s", answer.advice)
    else:
        level = logging.DEBUG if attempt else logging.WARNING
        _logger.log(level, "events could not be delivered, will be tried again: %s", answer.reason)
