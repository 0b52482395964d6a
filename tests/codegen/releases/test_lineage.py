from tests.codegen.project import ENVELOPE, Project
from tests.codegen.releases.released import BOOLEAN, numbers, quest, run, version_file


def test_an_event_that_was_never_released_has_one_draft(project: Project) -> None:
    assert numbers(project) == [("1.0", "draft")]


def test_the_text_of_a_released_version_may_change(released: Project) -> None:
    released.write("quest/schema.json", {**released.schema(), "description": "A quest, told better."})
    assert numbers(released) == [("1.0", "released")]
    assert quest(released).newest.schema["description"] == "A quest, told better."


def test_the_order_of_what_has_no_order_may_change(released: Project) -> None:
    schema = released.schema(won=BOOLEAN)
    released.write("quest/schema.json", {**schema, "required": ["points", "won"]})
    released.write("quest/examples/valid/won.json", {**ENVELOPE, "points": 3, "won": True})
    negative = {"pointer": "/points", "keyword": "minimum", "event": {**ENVELOPE, "points": -1, "won": True}}
    released.write("quest/examples/invalid/negative.json", negative)
    run(released, "release", "--yes")
    released.write("quest/schema.json", {**schema, "required": ["won", "points"]})
    assert numbers(released)[-1] == ("2.0", "released")


def test_an_event_edited_five_times_has_one_new_version(released: Project) -> None:
    for count in range(1, 6):
        extra = {f"won_{number}": BOOLEAN for number in range(count)}
        released.write("quest/schema.json", released.schema(**extra))
        assert run(released) == 0
    assert numbers(released) == [("1.0", "released"), ("1.1", "draft")]
    assert sorted(path.name for path in version_file(released).parent.iterdir()) == ["1.0.json", "1.1.json"]


def test_an_edit_that_is_taken_back_leaves_no_draft(released: Project) -> None:
    released.write("quest/schema.json", released.schema(won=BOOLEAN))
    run(released)
    released.write("quest/schema.json", released.schema())
    run(released)
    assert numbers(released) == [("1.0", "released")]
    assert not version_file(released, "1.1").exists()


def test_a_minor_is_compared_with_every_version_of_its_major(released: Project) -> None:
    released.write("quest/schema.json", released.schema(won=BOOLEAN))
    run(released, "release", "--yes")
    released.write("quest/schema.json", released.schema())
    assert numbers(released)[-1] == ("2.0", "draft")
