"""The service as a developer would write it by hand: FastAPI, Pydantic models, boto3 in the thread pool.

It validates what `purchase` 1.0 says, checks the write key and answers when Firehose has the event; it has no
batching of its own, no limits, no rejects, no metrics.
"""

import hashlib
import hmac
from typing import TYPE_CHECKING, Annotated, Literal

import boto3
from botocore.config import Config
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from tests.bench.keys import KEY

if TYPE_CHECKING:
    from mypy_boto3_firehose.type_defs import RecordTypeDef

_KEY_HASH = hashlib.sha256(KEY.encode()).hexdigest()
_STREAM = "questlog-events"
_THREADS = 40  # of the pool that runs routes: https://www.starlette.io/threadpool/

Uuid = Annotated[str, Field(pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
Build = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+_-]{1,32}$")]
Ascii = Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[!-~]*$")]
Text = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]*$")]
Micros = Annotated[int, Field(ge=0, le=10**15)]


class Strict(BaseModel):
    """A model that knows all of its fields."""

    model_config = ConfigDict(extra="forbid")


class App(Strict):
    """The build of the game."""

    version: Build
    build: Build


class Device(Strict):
    """The device the game runs on."""

    platform: Literal["ios", "android", "windows", "macos", "linux", "web", "console"]
    os_version: Annotated[str, Field(pattern=r"^[0-9A-Za-z.+_ -]{1,32}$")]
    model: Text
    locale: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$")]


class Money(Strict):
    """An amount in one currency."""

    amount_micros: Micros
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class Purchase(Strict):
    """A purchase, version 1.0."""

    event: Literal["purchase"]
    schema_version: Literal["1.0"]
    event_id: Uuid
    occurred_at: AwareDatetime
    install_id: Uuid
    player_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z_.:-]{1,64}$")] | None = None
    session_id: Uuid
    app: App
    device: Device
    product_id: Ascii
    product_type: Literal["consumable", "non_consumable", "subscription"]
    quantity: Annotated[int, Field(ge=1, le=10_000)]
    price: Money
    tax_micros: Micros | None = None
    store_fee_micros: Micros | None = None
    store: Literal[
        "app_store", "google_play", "amazon", "galaxy_store", "huawei", "steam", "epic", "web", "other"
    ]
    store_transaction_id: Ascii
    original_transaction_id: Ascii | None = None
    sandbox: bool
    receipt_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = None
    placement: Text | None = None
    player_level: Annotated[int, Field(ge=0, le=1_000_000)] | None = None


class Batch(Strict):
    """Many purchases."""

    sent_at: AwareDatetime
    events: Annotated[list[Purchase], Field(min_length=1, max_length=500)]


bearer = HTTPBearer()


def game(credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)]) -> str:
    """Return whose write key it is."""
    if not hmac.compare_digest(hashlib.sha256(credentials.credentials.encode()).hexdigest(), _KEY_HASH):
        raise HTTPException(401)
    return "orion"


# Its endpoint and region come from the environment, as boto3 has it.
firehose = boto3.client("firehose", config=Config(max_pool_connections=_THREADS))
app = FastAPI()


@app.post("/v1/events/purchase", status_code=202)
def take(purchase: Purchase, game_id: Annotated[str, Depends(game)]) -> dict[str, str]:
    """Take one event."""
    firehose.put_record(DeliveryStreamName=_STREAM, Record={"Data": _line(purchase, game_id)})
    return {"event_id": purchase.event_id, "status": "accepted"}


@app.post("/v1/events", status_code=202)
def take_batch(batch: Batch, game_id: Annotated[str, Depends(game)]) -> dict[str, int]:
    """Take a batch, each event a record."""
    records: list[RecordTypeDef] = [{"Data": _line(event, game_id)} for event in batch.events]
    answer = firehose.put_record_batch(DeliveryStreamName=_STREAM, Records=records)
    if answer["FailedPutCount"]:
        raise HTTPException(503)
    return {"accepted": len(records)}


def _line(purchase: Purchase, game_id: str) -> bytes:
    return f'{{"game_id":"{game_id}","event":{purchase.model_dump_json(exclude_none=True)}}}\n'.encode()
