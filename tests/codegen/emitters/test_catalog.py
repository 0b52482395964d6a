import json

from questlog_codegen.emitters import catalog
from tests.codegen.project import Project


def test_every_version_is_a_file_that_stands_alone(project: Project) -> None:
    schema = json.loads(catalog.emit(project.load())["schemas/quest/versions/1.0.json"])
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == "urn:questlog:quest:1.0"


def test_the_bundle_says_of_each_version_what_it_is(project: Project) -> None:
    loaded = project.load()
    (entry,) = json.loads(catalog.emit(loaded)[catalog.BUNDLE])["contracts"]
    assert (entry["event"], entry["version"], entry["status"]) == ("quest", "1.0", "draft")
    assert entry["sha256"] == loaded.contracts[0].newest.digest
    assert entry["schema"] == loaded.contracts[0].newest.schema
