import math
from typing import Any

import pytest

from questlog._options import Options

GOOD: dict[str, Any] = {
    "url": "https://events.example.com",
    "write_key": "key",
    "batch_size": 500,
    "flush_interval": 1.0,
    "queue_events": 1,
    "queue_bytes": 1,
    "timeout": 0.1,
}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"url": "http://127.0.0.1:8000/studio/"},
        {"url": "http://[::1]:8000"},
        {"batch_size": 1},
        {"flush_interval": 0},
        {"flush_interval": 10**400},
        {"timeout": 86_400},
        {"url": "https://events.example.com."},
        {"url": "https://spiele.müller.example"},
    ],
)
def test_what_can_work_is_taken(changes: dict[str, Any]) -> None:
    Options(**{**GOOD, **changes})


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "events.example.com"}, "url must be like"),
        ({"url": "ftp://events.example.com"}, "url must be like"),
        ({"url": "https://"}, "url must be like"),
        ({"url": "https://a:b@events.example.com"}, "url must hold no credentials"),
        ({"url": "https://events.example.com?x=1"}, "url must end before"),
        ({"url": "https://events.example.com#x"}, "url must end before"),
        ({"url": "https://events.example.com/v1/events"}, "url must end before /v1/events"),
        ({"url": "https://events.example.com/studio/v1/events/"}, "url must end before /v1/events"),
        ({"url": None}, "url must be like"),
        ({"url": "http://\N{SNOWMAN}"}, "url must be like"),
        ({"url": b"https://events.example.com"}, "url must be like"),
        ({"url": "https://events.example.com:port"}, "url must be like"),
        ({"url": "https://events.example.com:99999"}, "url must be like"),
        ({"url": "https://events.example.com:0"}, "url must be like"),
        ({"url": "https://events.exa\nmple.com"}, "url must be like"),
        ({"url": "https://events.exa mple.com"}, "url must be like"),
        ({"url": "https://events.example.com/\ud800"}, "url must be like"),
        ({"url": "https://events..example.com"}, "url must be like"),
        ({"url": "https://.example.com"}, "url must be like"),
        ({"url": "https://" + "x" * 64}, "url must be like"),
        ({"url": "https://[::1"}, "url must be like"),
        ({"write_key": None}, "write_key must be"),
        ({"write_key": b"key"}, "write_key must be"),
        ({"write_key": ""}, "write_key must be"),
        ({"write_key": "two words"}, "write_key must be"),
        ({"write_key": "line\r\nbreak"}, "write_key must be"),
        ({"write_key": "schlüssel"}, "write_key must be"),
        ({"batch_size": 0}, "batch_size must be from 1 to 500 events"),
        ({"batch_size": 501}, "batch_size must be from 1 to 500 events"),
        ({"batch_size": 1.5}, "batch_size must be from 1 to 500 events"),
        ({"batch_size": "5"}, "batch_size must be from 1 to 500 events"),
        ({"flush_interval": -1}, "flush_interval must be 0 or more seconds"),
        ({"flush_interval": math.nan}, "flush_interval must be 0 or more seconds"),
        ({"flush_interval": math.inf}, "flush_interval must be .* not infinite"),
        ({"flush_interval": "1"}, "flush_interval must be 0 or more seconds"),
        ({"queue_events": 0}, "queue_events must be 1 or more events"),
        ({"queue_events": None}, "queue_events must be 1 or more events"),
        ({"queue_bytes": 0}, "queue_bytes must be 1 or more bytes"),
        ({"queue_bytes": math.inf}, "queue_bytes must be 1 or more bytes"),
        ({"timeout": 0}, "timeout must be more than 0 and at most 86400 seconds"),
        ({"timeout": 86_401}, "timeout must be more than 0 and at most 86400 seconds"),
        ({"timeout": math.inf}, "timeout must be more than 0 and at most 86400 seconds"),
        ({"timeout": math.nan}, "timeout must be more than 0 and at most 86400 seconds"),
        ({"timeout": None}, "timeout must be more than 0 and at most 86400 seconds"),
    ],
)
def test_what_cannot_work_is_refused_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Options(**{**GOOD, **changes})


def test_an_error_about_the_key_does_not_repeat_it() -> None:
    with pytest.raises(ValueError, match="write_key") as caught:
        Options(**{**GOOD, "write_key": "geheim geheim"})
    assert "geheim" not in str(caught.value)


def test_the_key_is_not_shown_where_the_options_are() -> None:
    assert "geheim" not in repr(Options(**{**GOOD, "write_key": "geheim"}))
