from typing import Any

import pytest

from tests.codegen.project import Project

TEXT = {"type": "string", "maxLength": 9}
ITEM = {**TEXT, "description": "Something of a list.", "x-pii": "none"}


@pytest.mark.parametrize(
    ("field", "below", "words"),
    [
        ({"type": "string"}, "", "upper bound"),
        (
            {"type": "integer", "minimum": 0},
            "",
            'needs `maximum`: write the largest value it can have, e.g. "maximum"',
        ),
        (
            {"type": ["string", "null"]},
            "/type",
            'write "type": "string", and leave the field out of `required`',
        ),
        ({"type": ["integer", "string"]}, "/type", 'must be one type: write "type": "integer"'),
        ({"type": "text"}, "/type", 'must be string or integer or number or boolean or array, not "text"'),
        ({**TEXT, "format": "email"}, "/format", "uuid or date-time or date"),
        ({**TEXT, "default": "x"}, "/default", "absent means unknown"),
        ({**TEXT, "maxlength": 9}, "/maxlength", "did you mean `maxLength`?"),
        ({**TEXT, "requried": True}, "/requried", "here are allowed: "),
        ({"oneOf": [TEXT]}, "", "needs `type`: write"),
        ({"oneOf": [TEXT]}, "", "`oneOf` is not in the dialect: use one type"),
        ({"type": "integer", "minimum": 0, "maximum": 2**60}, "/maximum", "must be at most 9007199254740991"),
        ({"type": "integer", "minimum": 0, "maximum": 1000.0}, "/maximum", "write 1000"),
        ({"type": "integer", "minimum": -0.0, "maximum": 9}, "/minimum", "write 0"),
        ({**TEXT, "maxLength": 5.0}, "/maxLength", "write 5"),
        ({**TEXT, "minLength": 1e0}, "/minLength", "write 1"),
        ({"type": "array", "items": ITEM, "maxItems": 5.0}, "/maxItems", "write 5"),
        ({"type": "array", "items": ITEM, "minItems": 1.0, "maxItems": 5}, "/minItems", "write 1"),
        ({"type": "number", "minimum": 0, "maximum": 2**53}, "/maximum", "at most 9007199254740991"),
        ({"type": "number", "minimum": -1e300, "maximum": 0}, "/minimum", "a double holds whole numbers"),
        ({**TEXT, "x-pii": "secret"}, "/x-pii", 'none or pseudonymous or personal, not "secret"'),
        ({**TEXT, "pattern": "[a-z]"}, "/pattern", "write ^[a-z]$"),
        ({**TEXT, "pattern": "^[A-Z][0-9]*"}, "/pattern", "write ^[A-Z][0-9]*$"),
        ({**TEXT, "pattern": "a|b$"}, "/pattern", "write ^(a|b)$"),
        ({**TEXT, "pattern": "^a$b$"}, "/pattern", "write \\u0024 for the character"),
        ({**TEXT, "pattern": r"\d+"}, "/pattern", "put it between ^ and $; "),
        ({**TEXT, "description": 'The "extra" of it.'}, "/description", "a double quote: use single quotes"),
        ({**TEXT, "description": "The extra in a\\b."}, "/description", "a backslash: leave it out"),
        ({**TEXT, "description": "The extra in $ of it."}, "/description", "a dollar sign: write USD"),
        ({**TEXT, "description": "The extra\nof it."}, "/description", "a line break"),
        ({**TEXT, "descripton": "of it"}, "/descripton", "did you mean `description`?"),
        ({**TEXT, "patern": "^a$"}, "/patern", "did you mean `pattern`?"),
        ({"type": "integer", "minmum": 0}, "/minmum", "did you mean `minimum`?"),
        ({"type": "integer", "maximumm": 0}, "/maximumm", "did you mean `maximum`?"),
        ({"tpye": "string"}, "", "`tpye` is not in the dialect: did you mean `type`?"),
        ({"type": "int"}, "/type", 'not "int": write "integer"'),
        ({"type": "float"}, "/type", 'write "number"'),
        ({"type": "str"}, "/type", 'write "string"'),
        ({"type": "bool"}, "/type", 'write "boolean"'),
        ({"type": "Integer"}, "/type", 'write "integer"'),
        ({"type": "date"}, "/type", 'write "string", and beside it "format": "date"'),
        ({**TEXT, "x-pii": "Personnal"}, "/x-pii", 'write "personal"'),
        ({**TEXT, "format": "datetime"}, "/format", 'write "date-time"'),
        ({**TEXT, "title": "extra thing"}, "/title", "write `ExtraThing`"),
        ({**TEXT, "description": 7}, "/description", "is 7, must be of type string"),
        ({"type": "array", "items": ITEM}, "", "needs `maxItems`"),
        ({"type": "array", "maxItems": 3, "items": 5}, "/items", "must be of type object"),
        ({"type": "object"}, "/type", "write it into schemas/shared/ and $ref it"),
        ({"type": "string", "enum": ["a\tb"]}, "/enum/0", "without control characters"),
        ({"type": "string", "enum": ["a", "a"]}, "/enum", "names a value twice"),
        ({**TEXT, "x-waivers": [{"rule": "MONEY"}]}, "/x-waivers/0", "needs `reason`"),
    ],
)
def test_what_the_dialect_does_not_allow_is_told_with_what_to_write(
    project: Project, field: dict[str, Any], below: str, words: str
) -> None:
    project.field(field)
    found = [finding for finding in project.lint() if finding.pointer == f"/properties/extra{below}"]
    assert {finding.code for finding in found} == {"DIALECT"}
    assert any(words in finding.message for finding in found)


@pytest.mark.parametrize(
    ("reference", "words"),
    [
        ("https://example.org/Price.json", "nothing is fetched: put the fragment into schemas/shared/"),
        ("https://example.org/Price.json", "write ../shared/price.json"),
        (
            "#/$defs/price",
            "leads nowhere: put the fragment into schemas/shared/ and write ../shared/price.json",
        ),
    ],
)
def test_a_reference_to_elsewhere_is_told_where_to_put_the_fragment(
    project: Project, reference: str, words: str
) -> None:
    project.write("quest/schema.json", project.schema(extra={"$ref": reference}))
    finding = project.only_finding()
    assert finding.pointer == "/properties/extra/$ref"
    assert words in finding.message


def test_what_only_files_say_is_not_offered_to_a_field(project: Project) -> None:
    project.field({**TEXT, "zzz": 1, "titel": "Extra"})
    offered = [finding.message for finding in project.findings()]
    assert len(offered) == 2
    assert not any("title" in message or "$schema" in message for message in offered)


@pytest.mark.parametrize(
    "field",
    [
        {"type": ["string", "null"]},
        {"type": "object"},
        {**TEXT, "maxlength": 9},
        {"oneOf": [TEXT]},
        {"type": "string"},
    ],
)
def test_one_mistake_is_told_once(project: Project, field: dict[str, Any]) -> None:
    project.field(field)
    assert project.only_finding().code == "DIALECT"


@pytest.mark.parametrize(
    ("name", "instead"),
    [
        ("Extra", "extra"),
        ("extra_", "extra"),
        ("extra__name", "extra_name"),
        ("1st", "n1st"),
        ("extra-name", "extra_name"),
        ("extraName", "extra_name"),
        ("XMLBody", "xml_body"),
    ],
)
def test_a_name_that_is_not_snake_case_is_told_with_the_spelling(
    project: Project, name: str, instead: str
) -> None:
    project.write("quest/schema.json", project.schema(**{name: ITEM}))
    finding = project.only_finding()
    assert finding.pointer == f"/properties/{name}"
    assert finding.message == f"`{name}` is not snake_case: write `{instead}`"


@pytest.mark.parametrize("bound", [1000.0, 0.25, 2**53 - 1])
def test_a_bound_of_a_number_may_have_a_fraction(project: Project, bound: float) -> None:
    project.field({"type": "number", "minimum": -bound, "maximum": bound})
    assert project.codes() == set()


def test_a_name_that_is_too_long_is_refused(project: Project) -> None:
    project.write("quest/schema.json", project.schema(**{"a" * 65: ITEM}))
    assert "at most 64 characters" in project.only_finding().message


def test_an_object_with_too_many_fields_is_refused_and_not_looked_into(project: Project) -> None:
    project.write("quest/schema.json", project.schema(**{f"field_{n}": {} for n in range(200)}))
    assert "more than 100 fields" in project.only_finding().message


def test_an_event_without_an_owner_is_told_of_the_keyword(project: Project) -> None:
    schema = project.schema()
    del schema["x-owner"]
    project.write("quest/schema.json", schema)
    assert project.only_finding().message.startswith("needs `x-owner`: write the team")


def test_a_file_that_is_not_the_dialect_is_told_and_nothing_else_is_judged_by_it(project: Project) -> None:
    project.write("dialect.json", {"$defs": {"event": 5}})
    (finding,) = [finding for finding in project.lint() if finding.code == "DIALECT"]
    assert finding.file == "schemas/dialect.json"
    assert "restore it from git" in finding.message


@pytest.mark.parametrize("field", [{"type": "boolean"}, {"$ref": "../shared/money.json"}])
def test_a_waiver_may_stand_beside_every_field(project: Project, field: dict[str, Any]) -> None:
    waiver = {"rule": "DESCRIPTION", "reason": "The name says it all.", "until": "2027-06-30"}
    extra = {"description": "The extra.", "x-waivers": [waiver], **field}
    project.write(
        "quest/schema.json", project.schema(extra=extra if "$ref" in field else {**extra, "x-pii": "none"})
    )
    assert project.codes() == set()
