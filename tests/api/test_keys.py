import hmac

import pytest
from starlette.requests import Request

from questlog_api.keys import KeyRing, key_hash, new_key
from questlog_api.problems import Kind, ProblemError

OLD, NEW, OTHER = b"ql_old", b"ql_new", b"ql_other"
RING = KeyRing({"orion": (key_hash(OLD), key_hash(NEW)), "vega": (key_hash(OTHER),)})


def request(authorization: bytes | None) -> Request:
    headers = [] if authorization is None else [(b"authorization", authorization)]
    return Request({"type": "http", "headers": headers})


@pytest.mark.parametrize(("key", "game"), [(OLD, "orion"), (NEW, "orion"), (OTHER, "vega")])
def test_a_key_belongs_to_one_game_and_a_game_may_have_several(key: bytes, game: str) -> None:
    assert RING.authorize(request(b"Bearer " + key)) == game


def test_the_scheme_may_be_written_in_any_case() -> None:
    assert RING.authorize(request(b"bEARER ql_old")) == "orion"


@pytest.mark.parametrize(
    "authorization",
    [None, b"", b"Bearer", b"Bearer ", b"Bearer ql_wrong", b"Basic ql_old", b"ql_old", b"Bearer \xff\xfe"],
)
def test_anything_else_is_unauthorized(authorization: bytes | None) -> None:
    with pytest.raises(ProblemError) as caught:
        RING.authorize(request(authorization))
    assert caught.value.kind is Kind.UNAUTHORIZED
    assert caught.value.headers == {"WWW-Authenticate": "Bearer"}


@pytest.mark.parametrize("authorization", [b"Bearer", b"Bearer ", b"Bearer   "])
def test_no_key_is_unauthorized_even_when_its_hash_is_known(authorization: bytes) -> None:
    with pytest.raises(ProblemError):
        KeyRing({"orion": (key_hash(b""),)}).authorize(request(authorization))


def test_a_hash_is_no_key() -> None:
    with pytest.raises(ProblemError):
        RING.authorize(request(b"Bearer " + key_hash(OLD).encode()))


def test_every_known_hash_is_compared_in_constant_time(monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []

    def compare_digest(known: str, given: str) -> bool:
        compared.append(known)
        return known == given

    monkeypatch.setattr(hmac, "compare_digest", compare_digest)
    RING.authorize(request(b"Bearer " + OLD))
    assert compared == [key_hash(OLD), key_hash(NEW), key_hash(OTHER)]


def test_new_keys_are_long_and_differ() -> None:
    assert new_key() != new_key()
    assert new_key().startswith("ql_")
    assert len(new_key()) > 40
