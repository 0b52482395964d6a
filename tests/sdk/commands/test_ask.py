"""One GET, and why nobody answers it. The certificates are made here."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from questlog._clock import Clock
from questlog._commands.ask import NoAnswerError, ask
from questlog.testing._http import LoopbackServer
from questlog.testing._replies import Reply
from tests.sdk.commands.services import listening, replying


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate with its key that nobody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "questlog test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.fixture
def secure_url(certificate: Path) -> Iterator[str]:
    class Secure(LoopbackServer):
        def get_request(self) -> tuple[ssl.SSLSocket, object]:
            connection, address = super().get_request()
            connection.settimeout(10)
            return tls.wrap_socket(connection, server_side=True), address

    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    server = Secure(replying(HTTPStatus.OK, {}))
    yield f"https://127.0.0.1:{server.server_port}"
    server.stop()


def test_a_certificate_that_nobody_knows_is_told(secure_url: str) -> None:
    with pytest.raises(NoAnswerError, match=r"not trusted: self.signed certificate.*SSL_CERT_FILE"):
        ask(secure_url, 5.0, Clock())


def test_the_variable_that_the_advice_names_helps(
    secure_url: str, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert ask(secure_url, 5.0, Clock()).status == 200


def test_an_answer_without_end_is_given_up() -> None:
    def endless(_: object) -> Reply:
        return Reply(200, b"x" * (17 * 1024 * 1024))

    with listening(endless) as url, pytest.raises(NoAnswerError, match="no answer within 5 seconds"):
        ask(url, 5.0, Clock())


@pytest.mark.parametrize("body", [b"<p>", b"\xff", b"[" * 100_000])
def test_what_is_no_json_is_none(body: bytes) -> None:
    with listening(lambda _: Reply(500, body)) as url:
        heard = ask(url, 5.0, Clock())
    assert (heard.status, heard.json()) == (500, None)


def test_an_answer_tells_how_long_it_took() -> None:
    before = datetime.now(UTC)
    with listening(replying(HTTPStatus.OK)) as url:
        heard = ask(url, 5.0, Clock())
    assert before <= heard.sent_at <= datetime.now(UTC)
    assert 0 < heard.seconds < 5
    assert "date" in heard.headers
