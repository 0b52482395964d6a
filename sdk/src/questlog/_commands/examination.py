"""Looks at a URL, a key, the clocks, and what the API there knows."""

from collections.abc import Iterator
from dataclasses import dataclass

from questlog._answers import Misconfigured, Refused, Unavailable
from questlog._clock import Clock
from questlog._commands.ask import Heard, NoAnswerError, ask
from questlog._commands.clocks import check_clock
from questlog._commands.findings import Finding, State, not_checked, ok, wrong
from questlog._commands.known_versions import check_versions
from questlog._options import MAX_BATCH_EVENTS, Options
from questlog._transport import HttpTransport

_NEED_CONNECTION = ("api", "key", "clock", "versions")
# What was asked for before went through, with the certificates of the system; httpx has some of its own.
_CONNECT_ADVICE = "it uses httpx: check the proxy settings, and SSL_CERT_FILE for a private authority"


@dataclass(frozen=True, slots=True)
class Examination:
    """Examines an API as the SDK meets it.

    Attributes:
        url: Where it should be.
        key: The write key; None leaves it out.
        timeout: Seconds for each step of a request.
        clock: This machine's.
    """

    url: str
    key: str | None
    timeout: float
    clock: Clock

    def findings(self) -> Iterator[Finding]:
        """Yield what is found, as it is found."""
        refusal = _refusal(self.url, "key")
        if refusal is not None:
            # It is not repeated: it may hold a password.
            yield wrong("url", refusal)
            yield from _skipped("the URL has to be right first", "connection", *_NEED_CONNECTION)
            return
        yield ok("url", self.url)
        yield from self._connected()

    def _connected(self) -> Iterator[Finding]:
        try:
            health = self._ask("/healthz")
        except NoAnswerError as error:
            yield wrong("connection", str(error))
            yield from _skipped("the connection has to work first", *_NEED_CONNECTION)
            return
        yield ok("connection", f"answers within {health.seconds:.2f} seconds")
        schemas = self._schemas()
        api = _check_api(health, schemas)
        yield api
        yield self._check_key()
        if api.state is State.WRONG or isinstance(schemas, str):
            yield from _skipped("the API has to be there first", "clock", "versions")
            return
        yield check_clock(health)
        yield check_versions(schemas.json())

    def _schemas(self) -> Heard | str:
        """Return the answer, or why there is none."""
        try:
            return self._ask("/v1/schemas")
        except NoAnswerError as error:
            return str(error)

    def _ask(self, path: str) -> Heard:
        return ask(self.url.rstrip("/") + path, self.timeout, self.clock)

    def _check_key(self) -> Finding:
        if self.key is None:
            return not_checked("key", "give --key-file")
        refusal = _refusal("http://localhost", self.key)
        if refusal is not None:
            return wrong("key", refusal)
        transport = HttpTransport(self.url, self.key, self.timeout)
        try:
            # The SDK's own way to a batch, so that its certificates, proxies and gzip are looked at, too.
            return _judged(transport.send(()))
        except Exception as error:  # noqa: BLE001 - what httpx makes of settings it cannot use
            return wrong("key", f"the SDK cannot send there ({type(error).__name__}); {_CONNECT_ADVICE}")
        finally:
            transport.close()


def _judged(answer: object) -> Finding:
    match answer:
        case Refused(advice="", reason=reason) if reason.keyword == "invalid-batch":
            return ok("key", "the API accepts it, and reads what the SDK sends")
        case Refused(advice=advice) if advice:
            return wrong("key", advice)
        case Refused(reason=reason):
            return wrong("key", f"an empty batch {reason.detail}; look at what stands before the API")
        case Misconfigured(advice):
            return wrong("key", advice)
        case Unavailable(reason):
            return wrong("key", f"no answer to a batch that counts: {reason}; {_unavailable(reason)}")
    return wrong("key", "what answers takes an empty batch, which no Questlog API does; check the URL")


def _unavailable(reason: str) -> str:
    if reason.startswith("HTTP"):
        return "events wait in the outbox until that has passed"
    return _CONNECT_ADVICE


def _check_api(health: Heard, schemas: Heard | str) -> Finding:
    if isinstance(schemas, str):
        return wrong("api", f"GET /v1/schemas: {schemas}")
    for path, answer in (("/healthz", health), ("/v1/schemas", schemas)):
        if answer.status != 200:  # noqa: PLR2004 - HTTP's OK
            return wrong("api", f"GET {path}: HTTP {answer.status}; {_advice(answer.status)}")
    match health.json(), schemas.json():
        case {"status": "ok"}, {"contracts": list()}:
            return ok("api", "it is a Questlog API")
    return wrong("api", "another service answers, or a login page of this network; open the URL in a browser")


def _advice(status: int) -> str:
    if status in range(300, 400):
        return "it redirects, which the SDK does not follow; use the URL that it leads to"
    if status >= 500:  # noqa: PLR2004 - HTTP's server errors
        return "the API, or what stands before it, has a problem of its own; look there"
    return "no Questlog API is there; the URL is the part before /v1/events"


def _skipped(reason: str, *checks: str) -> Iterator[Finding]:
    return (not_checked(check, reason) for check in checks)


def _refusal(url: str, key: str) -> str | None:
    """Return why a client takes no such URL or key; None when it does."""
    try:
        Options(
            url=url,
            write_key=key,
            batch_size=MAX_BATCH_EVENTS,
            flush_interval=1.0,
            queue_events=1,
            queue_bytes=1,
            timeout=1.0,
        )
    except ValueError as error:
        return str(error)
    return None
