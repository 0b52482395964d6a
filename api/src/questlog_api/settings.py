"""Everything an operator can set, in one frozen class; the only reader of the environment."""

import os
import re
from collections import Counter
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from questlog_api.gate.keys import key_hash

_GameId: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,63}$")]
_KeyHash: TypeAlias = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
WriteKeys: TypeAlias = dict[_GameId, tuple[_KeyHash, ...]]

_KIB = 1024
_MIB = 1024 * _KIB
_GIB = 1024 * _MIB
_BODIES_INFLIGHT = 4
_PREFIX = "QUESTLOG_"
# Kubernetes sets such for each service, also for one that is called questlog-api:
# https://kubernetes.io/docs/concepts/services-networking/service/#environment-variables
_OF_KUBERNETES = re.compile(r".+_(?:SERVICE_HOST|SERVICE_PORT(?:_.+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_.+)?)?)")


class Settings(BaseSettings):
    """Settings of one ingest service, each read from `QUESTLOG_<NAME>` unless given; empty means not set."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX,
        # `QUESTLOG_SPOOL_PATH=` in the file of a unit means: not set.
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
        allow_inf_nan=False,
    )

    write_keys: WriteKeys = Field(
        default_factory=dict,
        description='Games and their write keys as JSON: {"<game_id>": ["<SHA-256 of the key, hex>", ...]}. '
        "Several keys a game allow rotation. `python -m questlog_api key` makes one.",
    )
    write_keys_file: Path | None = Field(
        default=None,
        description="A file with such JSON, besides WRITE_KEYS; a change of it takes effect within seconds, "
        "without a restart.",
    )
    allow_drafts: bool = Field(
        default=False,
        description="Whether to run with contracts that are not released: to try them, as what they accept "
        "may change.",
    )
    sink: Literal["firehose", "memory"] = Field(
        default="firehose",
        description="Where events go. `memory` is for development: what was accepted is gone on exit.",
    )
    events_stream: str = Field(
        default="questlog-events", description="Firehose stream for accepted events.", min_length=1
    )
    rejects_stream: str = Field(
        default="questlog-rejects", description="Firehose stream for refused events.", min_length=1
    )
    aws_region: str | None = Field(
        default=None, description="Region of the streams; None leaves it to boto3's own configuration."
    )
    firehose_endpoint_url: str | None = Field(
        default=None,
        description="Firehose endpoint, for stand-ins and VPC endpoints; None is the region's own.",
    )
    firehose_connections: int = Field(
        default=4,
        description="Calls to Firehose at the same time, at most, for each stream. What arrives while all "
        "are under way shares the next one.",
        ge=1,
        le=64,
    )
    firehose_call_seconds: float = Field(
        default=5, description="Seconds one call may wait to connect, and again to be answered.", gt=0
    )
    delivery_seconds: float = Field(
        default=15,
        description="Seconds all deliveries of a request may take, with retries, before the answer is 503. "
        "No call starts later; one under way may still take twice FIREHOSE_CALL_SECONDS. "
        "Clients should wait longer than that.",
        gt=0,
    )
    packing: Literal["single", "ndjson", "ndjson+gzip"] = Field(
        default="ndjson",
        description="`ndjson` packs many lines into a Firehose record, for S3; `ndjson+gzip` makes each such "
        "record a gzip member, of which the quota and the bill see a seventh; "
        "`single` sends one line a record, for Firehose's Snowflake destination.",
    )
    breaker_failures: int = Field(
        default=3,
        description="Deliveries to a stream that fail in a row before it is left alone for a while.",
        ge=1,
    )
    breaker_seconds: float = Field(
        default=5, description="Seconds a failing stream is left alone before one delivery tries it.", gt=0
    )
    spool_path: Path | None = Field(
        default=None,
        description="A file on a persistent volume, one for each process, that takes events when Firehose "
        "does not; None answers 503 then.",
    )
    spool_max_bytes: int = Field(
        default=_GIB,
        description="Most bytes of lines in the spool; refused events may take a tenth of it.",
        ge=_MIB,
    )
    spool_after_seconds: float = Field(
        default=2, description="Seconds Firehose is tried before lines go to the spool.", gt=0
    )
    spool_replay_bytes_per_second: int = Field(
        default=_MIB,
        description="Most bytes a second that the spool sends once Firehose is back, besides new events.",
        ge=_KIB,
    )
    max_events_per_minute: int | None = Field(
        default=None,
        description="Events a minute a write key may send, accepted or refused; over it the answer is 429. "
        "None is no limit: one key is in every copy of a game.",
        ge=1,
    )
    max_rejects_per_minute: int = Field(
        default=6000,
        description="Refused events a minute that are kept for one write key; over it the answer is 429.",
        ge=1,
    )
    quota_redis_url: SecretStr | None = Field(
        default=None,
        description="Redis that counts both limits for all processes together (needs the extra `redis`); "
        "None counts in each process.",
    )
    max_event_bytes: int = Field(
        default=64 * _KIB, description="Size of one event, in bytes of JSON.", ge=_KIB, le=256 * _KIB
    )
    max_batch_events: int = Field(default=500, description="Events in one batch.", ge=1, le=500)
    max_body_bytes: int = Field(
        default=5 * _MIB,
        description="Size of a batch, in bytes, compressed and decompressed.",
        ge=_KIB,
        le=64 * _MIB,
    )
    max_header_bytes: int = Field(
        default=16 * _KIB,
        description="Size of a request's first line and headers, in bytes.",
        ge=1024,
        le=_MIB,
    )
    header_seconds: float = Field(
        default=10, description="Seconds the headers of a request may take to arrive.", gt=0
    )
    keep_alive_seconds: int = Field(
        default=75,
        description="Seconds an idle connection is kept; more than the load balancer before it keeps one.",
        ge=1,
        le=3600,
    )
    max_connections: int = Field(
        default=4096, description="Connections at the same time; further ones are closed at once.", ge=1
    )
    body_seconds: float = Field(
        default=30, description="Seconds the body of a request may take to arrive.", gt=0
    )
    max_inflight_bytes: int = Field(
        default=64 * _MIB,
        description="What all requests together may hold, in bytes of content, decompressed; over it the "
        "answer is 503. At least 4 times MAX_BODY_BYTES. The process needs several times as much memory.",
        ge=16 * _MIB,
    )
    retry_after_seconds: int = Field(
        default=5, description="Retry-After of a 503: when a client should try again, in seconds.", ge=1
    )
    shutdown_seconds: int = Field(
        default=30, description="Seconds a stopping service gives to the requests it has begun.", ge=1
    )
    drain_seconds: float = Field(
        default=0,
        description="Seconds a stopping service still takes requests while /readyz says 503 `draining`, so "
        "that load balancers turn away first; a stop takes so much longer. A second signal ends it.",
        ge=0,
    )
    cors_origins: tuple[str, ...] = Field(
        default=(),
        description='Origins of browser games as JSON, e.g. ["https://play.example.com"]; none allows none.',
    )
    tracing: bool = Field(
        default=False,
        description="Whether to write OpenTelemetry traces (needs the extra `otel`); where to, the "
        "OTEL_EXPORTER_* variables say.",
    )
    log_format: Literal["json", "text"] = Field(
        default="json", description="One JSON object a line, or text for people."
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        default="INFO", description="Least level that is logged. Payloads never are, at any level."
    )

    @field_validator("write_keys")
    @classmethod
    def _one_game_a_key(cls, write_keys: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
        uses = Counter(key for keys in write_keys.values() for key in keys)
        if any(count > 1 for count in uses.values()):
            raise ValueError("a write key stands twice: give each game keys of its own")
        if key_hash(b"") in uses:
            raise ValueError("the hash of an empty key stands there: hash the key itself")
        return write_keys

    @field_validator("spool_path", "write_keys_file")
    @classmethod
    def _is_a_file(cls, path: Path | None) -> Path | None:
        if path is not None and not path.name:
            raise ValueError("this names no file: give the path of one, or leave it out")
        return path

    @field_validator("cors_origins")
    @classmethod
    def _are_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        # A browser sends nothing but scheme, host and port, and the three are compared as they stand.
        for origin in origins:
            scheme, separator, host = origin.partition("://")
            if origin != "*" and not (scheme and separator and host):
                raise ValueError("an origin begins with its scheme; write https://play.example.com")
            if re.search(r"[/?#\s]", host):
                raise ValueError("an origin has no path; write https://play.example.com")
        return origins

    @model_validator(mode="after")
    def _someone_may_send(self) -> Self:
        if not self.write_keys and self.write_keys_file is None:
            raise ValueError("set write_keys or write_keys_file: `python -m questlog_api key` makes a key")
        return self

    @model_validator(mode="after")
    def _requests_end_before_the_service(self) -> Self:
        longest = self.delivery_seconds + 2 * self.firehose_call_seconds
        if self.shutdown_seconds < longest:
            raise ValueError(
                f"shutdown_seconds must be at least {longest:g}: delivery_seconds and 2 times "
                "firehose_call_seconds, which a delivery may take"
            )
        return self

    @model_validator(mode="after")
    def _one_batch_fits(self) -> Self:
        # A refused batch and its answer take more than its body; a batch that never fits is sent forever.
        if self.max_inflight_bytes < _BODIES_INFLIGHT * self.max_body_bytes:
            raise ValueError("max_inflight_bytes must be at least 4 times max_body_bytes")
        if self.max_event_bytes > self.max_body_bytes:
            raise ValueError(
                "max_event_bytes must be at most max_body_bytes: no batch could hold such events"
            )
        return self

    @model_validator(mode="after")
    def _rejects_stay_apart(self) -> Self:
        if self.events_stream == self.rejects_stream:
            raise ValueError(
                "events_stream and rejects_stream must be two: rejects would be loaded as events"
            )
        return self

    @model_validator(mode="after")
    def _spool_is_of_use(self) -> Self:
        if self.spool_path and self.sink == "memory":
            raise ValueError("spool_path is for the sink `firehose`, not for `memory`: leave it out")
        if self.spool_path and self.spool_after_seconds >= self.delivery_seconds:
            raise ValueError("spool_after_seconds must be less than delivery_seconds: 503 would come first")
        return self


class SettingsWithoutKeys(Settings):
    """Settings for what takes no events from anybody, so that it needs no write key."""

    @model_validator(mode="after")
    def _someone_may_send(self) -> Self:
        return self


def unknown_settings() -> list[str]:
    """Return a line for each variable `QUESTLOG_*` of the environment that is no setting."""
    known = [f"{_PREFIX}{name.upper()}" for name in Settings.model_fields]
    return [
        f"{name}: there is no such setting" + _meant(name, known)
        for name in sorted(os.environ)
        if name.upper().startswith(_PREFIX)
        and name.upper() not in known
        and not _OF_KUBERNETES.fullmatch(name)
    ]


def _meant(name: str, known: list[str]) -> str:
    close = get_close_matches(name.upper(), known, n=1, cutoff=0.8)
    return f"; did you mean {close[0]}?" if close else ""
