from tests.codegen.fuzz import campaign


def test_no_file_crashes_the_loader_or_the_linter() -> None:
    ways, crashes = campaign(count=150, seed=0)
    assert crashes == []
    assert len(ways) > 5
