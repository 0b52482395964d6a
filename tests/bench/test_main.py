import pytest

from tests.bench import __main__ as bench


def test_what_stands_behind_a_name_are_the_options_of_that_bench(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[list[str]] = []
    monkeypatch.setattr(bench, "WITH_OPTIONS", {"ingest": lambda options: got.append(list(options))})

    assert bench.main(["ingest", "--rounds", "5", "--only", "rates"]) == 0

    assert got == [["--rounds", "5", "--only", "rates"]]


@pytest.mark.parametrize("names", [[], ["codegen", "ingest"]])
def test_all_benches_run_that_are_named_or_all(monkeypatch: pytest.MonkeyPatch, names: list[str]) -> None:
    ran: list[str] = []
    benches = {name: lambda name=name: ran.append(name) for name in ("codegen", "ingest")}
    monkeypatch.setattr(bench, "BENCHES", benches)

    bench.main(names)

    assert ran == ["codegen", "ingest"]


@pytest.mark.parametrize(
    ("words", "complaint"),
    [(["ingset"], "there is no ingset"), (["codegen", "--rounds", "5"], "unrecognized arguments: --rounds")],
)
def test_what_there_is_not_is_refused(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        bench.main(words)

    assert f"error: {complaint}" in capsys.readouterr().err
