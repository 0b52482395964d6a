import pytest

from questlog_codegen.lint.wording import promise
from tests.codegen.project import Project

TEXT = {"type": "string", "maxLength": 9}


@pytest.mark.parametrize(
    "text",
    [
        "TODO describe this",
        "Length, t.b.d. and TBD later.",
        "FIXME what is it?",
        "Lorem ipsum dolor",
        "n/a for the moment",
        "The extra.....",
        "This is the value of extra",
        "Extras of the field",
        "xxxxxxxxxx",
        "Description",
    ],
)
def test_a_description_that_says_nothing_is_refused(project: Project, text: str) -> None:
    project.field({**TEXT, "description": text})
    finding = project.only_finding()
    assert (finding.code, finding.pointer) == ("DESCRIPTION", "/properties/extra/description")
    assert "write what the value means" in finding.message


@pytest.mark.parametrize(
    "text", ["Extra lives, in pieces.", "Unit of the extra.", "Totals are in micros.", "Mastodon seen."]
)
def test_a_description_that_says_something_is_fine(project: Project, text: str) -> None:
    project.field({**TEXT, "description": text})
    assert project.codes() == set()


def test_an_events_description_says_more_than_its_title(project: Project) -> None:
    project.write("quest/schema.json", {**project.schema(), "description": "This is a quest."})
    assert project.only_finding().pointer == "/description"


@pytest.mark.parametrize(
    "name",
    [
        *("email", "e_mail", "contact_mail", "phone", "ip", "client_ip", "ip_address", "avatar_url"),
        *(
            "first_name",
            "last_name",
            "full_name",
            "user_name",
            "username",
            "birthday",
            "birth_date",
            "address",
        ),
        *("lat", "lon", "home_location", "advertising_id", "idfa", "gaid", "device_id"),
    ],
)
def test_a_name_that_promises_personal_data_is_seen(name: str) -> None:
    assert promise(name)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "ship",
            "description",
            "level_name",
            "platform",
            "long_name_id",
            "zip_count",
            "tip",
            "late",
            "mailbox",
        ),
        *("relation", "url_count_x"[4:], "device_model", "name", "item_id", "birthplace_x", "first", "curl"),
    ],
)
def test_a_name_that_only_contains_such_a_word_is_fine(name: str) -> None:
    assert promise(name) is None


@pytest.mark.parametrize(
    ("pii", "codes"), [("none", {"PII_NAME"}), ("pseudonymous", set()), ("personal", set())]
)
def test_personal_data_is_classed_as_such(project: Project, pii: str, codes: set[str]) -> None:
    field = {**TEXT, "description": "Where the receipt was sent.", "x-pii": pii}
    project.write("quest/schema.json", project.schema(email=field))
    assert project.codes() == codes


def test_an_array_is_as_personal_as_its_items(project: Project) -> None:
    item = {"description": "Name of a friend.", **TEXT, "x-pii": "personal"}
    project.field({"type": "array", "maxItems": 3, "items": item})
    finding = project.only_finding()
    assert (finding.code, finding.message[-10:]) == ("PII", '"personal"')
