import json
from typing import Any

import pytest
from moto.s3.models import s3_backends

from questlog_api import Settings
from questlog_api.gate.keys import key_hash
from questlog_api.sinks import FirehoseSink, SinkUnavailable, Stream
from questlog_api.telemetry.metrics import Metrics
from tests.api.deploy.stack import ACCOUNT, KEY, REGION, Cloud, Stack
from tests.api.deploy.templates import (
    SNOWFLAKE_TEMPLATE,
    TEMPLATE,
    anchors,
    findings,
    resources,
    tree,
)
from tests.api.sinks.conftest import soon
from tests.repository import ROOT

TEXT = TEMPLATE.read_text(encoding="utf-8")
TEMPLATES = [TEMPLATE, SNOWFLAKE_TEMPLATE]
REGIONS = (REGION, "us-east-1", "eu-west-1")


@pytest.fixture
def settings(stack: Stack, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What an API reads that was given the stack's environment."""
    for name, value in stack.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("QUESTLOG_WRITE_KEYS", json.dumps({"orion": [key_hash(b"ql_orion")]}))
    monkeypatch.setenv("QUESTLOG_FIREHOSE_ENDPOINT_URL", cloud.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    return Settings()


def stored(stack: Stack, prefix: str) -> list[bytes]:
    bucket = stack.outputs["BucketName"]
    entries = stack.connect("s3").list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
    # Past the bucket's policy: moto takes a Deny for one whatever its condition.
    content = s3_backends[ACCOUNT]["aws"]
    objects = [content.get_object(bucket, entry["Key"]) for entry in entries]
    return [found.value for found in objects if found is not None]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_the_linter_finds_nothing(template: Any) -> None:
    assert findings(template.read_text(encoding="utf-8"), REGIONS) == []


def test_the_linter_finds_a_property_that_does_not_exist() -> None:
    [finding] = findings(TEXT.replace("RetentionInDays:", "RetentionInWeeks:"), REGIONS)
    assert "RetentionInWeeks" in finding


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_every_parameter_is_described_and_used(template: Any) -> None:
    text = template.read_text(encoding="utf-8")
    for name, parameter in tree(text)["Parameters"].items():
        assert parameter["Description"], name
        assert text.count(name) > 1, name


def test_every_resource_without_a_condition_is_made(stack: Stack) -> None:
    wanted = {name for name, each in tree(TEXT)["Resources"].items() if "Condition" not in each}
    assert set(stack.resources) == wanted


def test_with_everything_switched_on_every_resource_is_made(full: Stack) -> None:
    assert set(full.resources) == set(tree(TEXT)["Resources"])


def test_the_variant_without_snowpipe_is_made(cloud: Cloud) -> None:
    made = cloud.create(
        SNOWFLAKE_TEMPLATE,
        "direct",
        EventsStreamName="direct-events",
        RejectsStreamName="direct-rejects",
        SnowflakeAccountUrl="studio-games.snowflakecomputing.com",
        SnowflakeDatabase="QUESTLOG",
        SnowflakeSecretArn=f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:snowflake",
    )
    text = SNOWFLAKE_TEMPLATE.read_text(encoding="utf-8")
    assert set(made.resources) == set(tree(text)["Resources"])
    assert made.environment["QUESTLOG_PACKING"] == "single"


@pytest.mark.anyio
async def test_the_api_with_the_outputs_as_settings_is_ready_and_its_lines_are_in_the_bucket(
    settings: Settings, stack: Stack
) -> None:
    sink = FirehoseSink.from_settings(settings, Metrics())
    await sink.check()
    await sink.put(Stream.EVENTS, [b'{"event":1}\n', b'{"event":2}\n'], soon())
    await sink.put(Stream.REJECTS, [b'{"reject":1}\n'], soon())
    await sink.close()
    assert stored(stack, "events/") == [b'{"event":1}\n{"event":2}\n']
    assert stored(stack, "rejects/") == [b'{"reject":1}\n']


@pytest.mark.anyio
async def test_the_api_is_not_ready_with_a_stream_the_stack_has_not(settings: Settings) -> None:
    sink = FirehoseSink.from_settings(settings.model_copy(update={"events_stream": "other"}), Metrics())
    with pytest.raises(SinkUnavailable):
        await sink.check()
    await sink.close()


def destination(stack: Stack, name: str) -> dict[str, Any]:
    answer = stack.connect("firehose").describe_delivery_stream(DeliveryStreamName=name)
    [found] = answer["DeliveryStreamDescription"]["Destinations"]
    return dict(found["ExtendedS3DestinationDescription"])


@pytest.mark.parametrize("prefix", ["events", "rejects"])
def test_objects_lie_where_the_pipes_look_and_failures_elsewhere(stack: Stack, prefix: str) -> None:
    made = destination(stack, f"questlog-{prefix}")
    assert made["Prefix"] == f"{prefix}/!{{timestamp:yyyy/MM/dd/HH}}/"
    assert made["ErrorOutputPrefix"].startswith("failed/")
    assert f"S3 {prefix}/" in (ROOT / "warehouse" / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("parameters", "compression", "extension"),
    [
        ({"Packing": "ndjson", "ObjectCompression": "GZIP"}, "GZIP", ".json.gz"),
        ({"Packing": "ndjson", "ObjectCompression": "UNCOMPRESSED"}, "UNCOMPRESSED", ".json"),
        ({"Packing": "ndjson+gzip", "ObjectCompression": "GZIP"}, "UNCOMPRESSED", ".json.gz"),
    ],
    ids=["by Firehose", "not at all", "by the API"],
)
def test_objects_are_compressed_once_and_named_so(
    cloud: Cloud, parameters: dict[str, str], compression: str, extension: str
) -> None:
    name = f"zip-{compression}-{extension}".replace(".", "-").lower()
    streams = {"EventsStreamName": f"{name}-events", "RejectsStreamName": f"{name}-rejects"}
    made = cloud.create(TEMPLATE, name, **streams, **parameters)
    for stream in streams.values():
        shape = destination(made, stream)
        assert (shape["CompressionFormat"], shape["FileExtension"]) == (compression, extension)


def test_a_key_of_yours_encrypts_streams_and_bucket(full: Stack) -> None:
    answer = full.connect("firehose").describe_delivery_stream(DeliveryStreamName="all-events")
    encryption = answer["DeliveryStreamDescription"]["DeliveryStreamEncryptionConfiguration"]
    assert (encryption["KeyType"], encryption["KeyARN"]) == ("CUSTOMER_MANAGED_CMK", KEY)
    bucket = full.connect("s3").get_bucket_encryption(Bucket=full.outputs["BucketName"])
    [rule] = bucket["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {
        "SSEAlgorithm": "aws:kms",
        "KMSMasterKeyID": KEY,
    }


def test_every_prefix_expires() -> None:
    [bucket] = resources(TEXT, "AWS::S3::Bucket").values()
    rules = bucket["Properties"]["LifecycleConfiguration"]["Rules"]
    assert {rule.get("Prefix") for rule in rules if "ExpirationInDays" in rule} == {
        "events/",
        "rejects/",
        "failed/",
    }


def test_each_stream_alarms_when_it_fails_lags_is_throttled_or_comes_near_its_quota(stack: Stack) -> None:
    alarms = stack.connect("cloudwatch").describe_alarms()["MetricAlarms"]
    watched = set()
    for alarm in alarms:
        metrics = [each["MetricStat"]["Metric"] for each in alarm.get("Metrics", []) if "MetricStat" in each]
        for metric in metrics or [alarm]:
            watched |= {(metric["MetricName"], each["Value"]) for each in metric["Dimensions"]}
    for stream in ("questlog-events", "questlog-rejects"):
        for name in ("Success", "DataFreshness"):
            assert (f"DeliveryToS3.{name}", stream) in watched
        for name in ("ThrottledRecords", "IncomingBytes", "BytesPerSecondLimit"):
            assert (name, stream) in watched
    assert ("IncomingLogEvents", "/aws/kinesisfirehose/questlog") in watched


def test_every_alarm_tells_the_topic(stack: Stack) -> None:
    alarms = resources(TEXT, "AWS::CloudWatch::Alarm")
    assert all(each["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}] for each in alarms.values())
    assert stack.outputs["AlarmTopicArn"].startswith("arn:aws:sns:")


def test_logs_are_kept_for_a_bounded_time(stack: Stack) -> None:
    [group] = stack.connect("logs").describe_log_groups(logGroupNamePrefix="/aws/kinesisfirehose/questlog")[
        "logGroups"
    ]
    assert group["retentionInDays"] == 30


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_has_a_secret_as_a_parameter(template: Any) -> None:
    names = tree(template.read_text(encoding="utf-8"))["Parameters"]
    assert not [
        name for name in names if any(word in name for word in ("Password", "PrivateKey", "Passphrase"))
    ]


def test_templates_have_no_anchors() -> None:
    assert [anchors(template.read_text(encoding="utf-8")) for template in TEMPLATES] == [[], []]
