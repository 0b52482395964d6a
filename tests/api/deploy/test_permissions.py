from typing import Any
from urllib.parse import unquote

from tests.api.deploy.stack import ACCOUNT, REGION, SNOWFLAKE_USER, Stack
from tests.api.deploy.templates import TEMPLATE, read_yaml, resources, tree

TEXT = TEMPLATE.read_text(encoding="utf-8")


def statements(document: Any) -> list[dict[str, Any]]:
    """Statements of a policy, as moto returns it: JSON that may be quoted for a URL, or Python, or a tree."""
    parsed = read_yaml(unquote(document)) if isinstance(document, str) else document
    # AWS::NoValue in a list leaves no item in AWS, and None in moto.
    return [statement for statement in parsed["Statement"] if isinstance(statement, dict)]


def role_policies(stack: Stack, role: str) -> list[dict[str, Any]]:
    iam = stack.connect("iam")
    names = iam.list_role_policies(RoleName=role)["PolicyNames"]
    documents = [iam.get_role_policy(RoleName=role, PolicyName=name)["PolicyDocument"] for name in names]
    return [statement for document in documents for statement in statements(document)]


def role_named(stack: Stack, part: str) -> dict[str, Any]:
    roles = stack.connect("iam").list_roles()["Roles"]
    return next(dict(role) for role in roles if role["RoleName"].startswith(f"{stack.name}-{part}"))


def test_the_bucket_is_private_kept_and_only_over_tls(stack: Stack) -> None:
    [bucket] = resources(TEXT, "AWS::S3::Bucket").values()
    assert all(bucket["Properties"]["PublicAccessBlockConfiguration"].values())
    assert bucket["DeletionPolicy"] == bucket["UpdateReplacePolicy"] == "Retain"
    policy = stack.connect("s3").get_bucket_policy(Bucket=stack.outputs["BucketName"])["Policy"]
    assert {each["Effect"] for each in statements(policy)} == {"Deny"}
    assert {"Bool": {"aws:SecureTransport": "false"}} in [each["Condition"] for each in statements(policy)]


def test_the_api_may_do_two_things_to_two_streams(stack: Stack) -> None:
    iam, arn = stack.connect("iam"), stack.outputs["ApiPolicyArn"]
    version = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    [statement] = statements(version["Document"])
    assert statement["Action"] == ["firehose:DescribeDeliveryStream", "firehose:PutRecordBatch"]
    streams = f"arn:aws:firehose:{REGION}:{ACCOUNT}:deliverystream/questlog-"
    assert statement["Resource"] == [f"{streams}events", f"{streams}rejects"]


def test_no_policy_that_allows_has_a_wildcard_alone(full: Stack) -> None:
    for part in ("FirehoseRole", "snowflake"):
        for statement in role_policies(full, role_named(full, part)["RoleName"]):
            assert "*" not in _listed(statement["Resource"])
            assert not any("*" in action for action in _listed(statement["Action"]))


def test_firehose_writes_below_three_prefixes_only(stack: Stack) -> None:
    found = role_policies(stack, role_named(stack, "FirehoseRole")["RoleName"])
    [writing] = [each for each in found if "s3:PutObject" in each["Action"]]
    assert {str(arn).partition("/")[2] for arn in writing["Resource"]} == {
        "events/*",
        "rejects/*",
        "failed/*",
    }


def test_only_these_two_streams_take_firehoses_role(stack: Stack) -> None:
    [trust] = statements(role_named(stack, "FirehoseRole")["AssumeRolePolicyDocument"])
    assert trust["Condition"]["StringEquals"] == {"aws:SourceAccount": ACCOUNT}
    assert [arn.rpartition("/")[2] for arn in trust["Condition"]["ArnEquals"]["aws:SourceArn"]] == [
        "questlog-events",
        "questlog-rejects",
    ]


def test_snowflake_only_lists_and_reads_and_only_with_its_external_id(full: Stack) -> None:
    [trust] = statements(role_named(full, "snowflake")["AssumeRolePolicyDocument"])
    assert trust["Principal"] == {"AWS": SNOWFLAKE_USER}
    assert trust["Condition"] == {"StringEquals": {"sts:ExternalId": "SFC_1"}}
    allowed = role_policies(full, "full-snowflake")
    assert {str(action) for each in allowed for action in _listed(each["Action"])} == {
        "kms:Decrypt",
        "s3:GetBucketLocation",
        "s3:GetObject",
        "s3:GetObjectVersion",
        "s3:ListBucket",
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_the_integration_can_name_its_role_before_the_role_exists(stack: Stack, full: Stack) -> None:
    assert "SnowflakeRole" not in stack.resources
    assert stack.outputs["SnowflakeRoleArn"].endswith(":role/questlog-snowflake")
    assert full.outputs["SnowflakeRoleArn"] == role_named(full, "snowflake")["Arn"]


def test_snowflakes_user_without_an_external_id_is_refused() -> None:
    rule = tree(TEXT)["Rules"]["ExternalIdGoesWithUser"]
    assert rule["RuleCondition"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "SnowflakeUserArn"}, ""]}]}
    assert rule["Assertions"][0]["Assert"] == {
        "Fn::Not": [{"Fn::Equals": [{"Ref": "SnowflakeExternalId"}, ""]}]
    }
