"""One GET as people's tools send it: by the standard library, so that it tells why nobody answers."""

import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException, HTTPResponse
from socket import gaierror
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.parse import quote, urlsplit, urlunsplit
from urllib.request import HTTPRedirectHandler, build_opener

from questlog._clock import Clock

_MOST_BYTES = 16 * 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_IN_PATHS = "/%!$&'()*+,;=:@~"  # https://www.rfc-editor.org/rfc/rfc3986#section-3.3
_CAUSES: dict[type[BaseException] | tuple[type[BaseException], ...], str] = {
    gaierror: "no such name is known here; check the URL, and the DNS of this machine",
    ConnectionRefusedError: "nothing listens there; check host and port of the URL, and whether the API runs",
    TimeoutError: "no answer within {seconds:g} seconds; a firewall may be in the way, or the API overloaded",
    ssl.SSLCertVerificationError: "its certificate is not trusted: {verdict}; if it is the right one, "
    "set SSL_CERT_FILE to its authority's",
    ssl.SSLError: "it does not speak TLS as it should; check whether the URL must begin with http://",
    (
        HTTPException,
        ConnectionError,
    ): "what listens there does not speak HTTP; check the port, and http:// or https://, of the URL",
}
"""Why nobody answered, and what to do: the first one that fits."""


@dataclass(frozen=True, slots=True)
class Heard:
    """An answer.

    Attributes:
        status: HTTP status code.
        headers: Header name -> value; names in lower case.
        body: What came with it.
        sent_at: When it was asked for.
        seconds: How long the headers of the answer took.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    sent_at: datetime
    seconds: float

    def json(self) -> object:
        """Return what the body says; None when it is no JSON."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class NoAnswerError(Exception):
    """Nobody answered: why, and what to look at."""


class _NoRedirects(HTTPRedirectHandler):
    """Takes a redirect for an answer, as the SDK does."""

    def redirect_request(self, *_: Any) -> None:
        """Follow none."""


def ask(url: str, timeout: float, clock: Clock) -> Heard:
    """Return the answer to `GET url`, whatever its status; `timeout` seconds for each step, and for the body.

    Raises:
        NoAnswerError: when there is none.
    """
    opener = build_opener(_NoRedirects)
    parts = urlsplit(url)
    url = urlunsplit(parts._replace(path=quote(parts.path, safe=_IN_PATHS)))
    opener.addheaders = [("User-Agent", "questlog-python")]
    sent_at, start = clock.now(), clock.monotonic()
    try:
        with _opened(opener.open, url, timeout) as response:
            seconds = clock.monotonic() - start
            headers = {name.lower(): value for name, value in response.headers.items()}
            body = _read(response, start + timeout, clock)
            return Heard(response.status or 0, headers, body, sent_at, seconds)
    except (OSError, HTTPException) as error:
        raise NoAnswerError(_explained(error, timeout)) from None


def _opened(open_url: Any, url: str, timeout: float) -> HTTPResponse | HTTPError:
    try:
        response: HTTPResponse = open_url(url, timeout=timeout)
    except HTTPError as answer:  # a status that is no success
        return answer
    return response


def _read(response: HTTPResponse | HTTPError, until: float, clock: Clock) -> bytes:
    body = b""
    while chunk := response.read1(_CHUNK_BYTES):
        body += chunk
        if len(body) > _MOST_BYTES or clock.monotonic() > until:
            raise TimeoutError
    return body


def _explained(error: Exception, timeout: float) -> str:
    cause = error.reason if isinstance(error, URLError) else error
    for kinds, text in _CAUSES.items():
        if isinstance(cause, kinds):
            verdict = getattr(cause, "verify_message", "")  # OpenSSL's, on a certificate
            return text.format(seconds=timeout, verdict=verdict)
    if isinstance(cause, str):  # urllib's own, and it may hold the password of a proxy
        return "the request could not be made; check the url, and the variables HTTP_PROXY and HTTPS_PROXY"
    return f"{type(cause).__name__}; check the network of this machine"
