"""Creates the shipped templates with moto's CloudFormation, by real boto3 over HTTP.

moto knows templates but not how to make some of their resources, though it has the services. Those are made
here by a call of their service, so botocore checks every property: CloudFormation names them as they do.
"""

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

import boto3
from moto.backends import get_backend
from moto.cloudformation.parsing import get_model_map
from moto.server import ThreadedMotoServer

REGION = "eu-north-1"
ACCOUNT = "123456789012"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0"
SNOWFLAKE_USER = "arn:aws:iam::999999999999:user/snowflake"
EVERYTHING = {
    "EventsStreamName": "all-events",
    "RejectsStreamName": "all-rejects",
    "Packing": "ndjson+gzip",
    "KmsKeyArn": KEY,
    "ApiService": "ec2.amazonaws.com",
    "SnowflakeUserArn": SNOWFLAKE_USER,
    "SnowflakeExternalId": "SFC_1",
    "SnowpipeChannelArn": f"arn:aws:sqs:{REGION}:999999999999:sf-snowpipe",
    "AlarmEmail": "operator@example.com",
}
"""Values for all that may be switched on."""
_NUMBERS = ("Period", "EvaluationPeriods", "IntervalInSeconds", "SizeInMBs", "DurationInSeconds")
_SERVICES = ("cloudformation", "cloudwatch", "firehose", "iam", "logs", "s3", "sns")

Connect = Callable[[str], Any]
Properties = dict[str, Any]
Make = Callable[[Connect, str, Properties], tuple[str, dict[str, str]]]
"""(client of a service, name, properties) -> the resource's id (what Ref gives), and its attributes."""


@dataclass(frozen=True)
class Stack:
    """A created stack: its outputs, and the types of its resources by their names in the template."""

    name: str
    connect: Connect
    outputs: Mapping[str, str]
    resources: Mapping[str, str]

    @property
    def environment(self) -> dict[str, str]:
        """The output that is an environment file."""
        return dict(line.split("=", 1) for line in self.outputs["Environment"].splitlines())


class Cloud:
    """An address that is all of AWS as far as a template goes."""

    def __init__(self, url: str) -> None:
        self.url = url

    def connect(self, service: str) -> Any:
        session = boto3.session.Session("test", "test", region_name=REGION)
        client: Callable[..., Any] = session.client
        return client(service, endpoint_url=self.url)

    def create(self, template: Path, name: str = "questlog", **parameters: str) -> Stack:
        cloudformation = self.connect("cloudformation")
        cloudformation.create_stack(
            StackName=name,
            TemplateBody=template.read_text(encoding="utf-8"),
            Parameters=[{"ParameterKey": key, "ParameterValue": value} for key, value in parameters.items()],
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        [stack] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        made = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
        return Stack(
            name,
            self.connect,
            outputs={output["OutputKey"]: output["OutputValue"] for output in stack["Outputs"]},
            resources={
                resource["LogicalResourceId"]: resource["ResourceType"]
                for resource in made
                if resource.get("LogicalResourceId")  # without it, its condition does not hold
            },
        )


@contextmanager
def cloud() -> Iterator[Cloud]:
    """Run the stand-in, and forget all that was made in it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    stand_in = Cloud(f"http://{host}:{port}")
    models = {kind: _model(kind, make, stand_in.connect) for kind, make in _MAKERS.items()}
    try:
        with mock.patch.dict(get_model_map(), models):
            yield stand_in
    finally:
        for service in _SERVICES:
            get_backend(service).reset()  # type: ignore[call-overload]  # one overload a name
        server.stop()


class _Resource:
    """What moto asks of a resource it has made."""

    def __init__(self, physical_resource_id: str, attributes: Mapping[str, str]) -> None:
        self.physical_resource_id = physical_resource_id
        self.attributes = attributes

    def get_cfn_attribute(self, name: str) -> str:
        return self.attributes[name]

    def is_created(self) -> bool:
        return True


def _model(kind: str, make: Make, connect: Connect) -> Any:
    def create(name: str, resource: dict[str, Any], *_: Any, **__: Any) -> _Resource:
        return _Resource(*make(connect, name, _numbered(resource["Properties"])))

    return type(kind.replace("::", ""), (), {"create_from_cloudformation_json": staticmethod(create)})


def _numbered(value: Any, name: str = "") -> Any:
    """Return `value` with numbers where parameters gave their text; a Threshold may be a fraction."""
    if isinstance(value, dict):
        return {key: _numbered(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_numbered(inner) for inner in value]
    if name == "Threshold":
        return float(value)
    return int(value) if name in _NUMBERS else value


def _stream(connect: Connect, _: str, properties: Properties) -> tuple[str, dict[str, str]]:
    made = connect("firehose").create_delivery_stream(**properties)
    return properties["DeliveryStreamName"], {"Arn": made["DeliveryStreamARN"]}


def _alarm(connect: Connect, name: str, properties: Properties) -> tuple[str, dict[str, str]]:
    connect("cloudwatch").put_metric_alarm(AlarmName=name, **properties)
    return name, {}


def _bucket_policy(connect: Connect, name: str, properties: Properties) -> tuple[str, dict[str, str]]:
    policy = json.dumps(properties["PolicyDocument"])
    connect("s3").put_bucket_policy(Bucket=properties["Bucket"], Policy=policy)
    return name, {}


def _log_stream(connect: Connect, _: str, properties: Properties) -> tuple[str, dict[str, str]]:
    connect("logs").create_log_stream(
        logGroupName=properties["LogGroupName"], logStreamName=properties["LogStreamName"]
    )
    return properties["LogStreamName"], {}


_MAKERS: Mapping[str, Make] = {
    "AWS::KinesisFirehose::DeliveryStream": _stream,
    "AWS::CloudWatch::Alarm": _alarm,
    "AWS::S3::BucketPolicy": _bucket_policy,
    "AWS::Logs::LogStream": _log_stream,
}
