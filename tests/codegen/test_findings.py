from pathlib import Path

import pytest

from questlog_codegen.errors import CodegenError, ContractError, Finding
from questlog_codegen.findings import as_data, render, report

TEXT = '{\n  "b": 1,\n  "a": 2\n}\n'
FINDINGS = [
    Finding("x.json", "/a", "ONE", "says one"),
    Finding("x.json", "/b", "TWO", "says two", "warning"),
    Finding("w.json", "", "GONE", "is not there"),
]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "x.json").write_text(TEXT, encoding="utf-8")
    return tmp_path


def test_findings_are_lines_with_a_place_in_the_order_of_the_files(root: Path) -> None:
    assert list(render(FINDINGS, root)) == [
        "w.json:1:1 GONE is not there",
        "x.json:2:3 TWO warning: /b: says two",
        "x.json:3:3 ONE /a: says one",
    ]


def test_findings_are_data_in_the_same_order(root: Path) -> None:
    assert as_data(FINDINGS, root)[1] == {
        "file": "x.json",
        "line": 2,
        "column": 3,
        "pointer": "/b",
        "code": "TWO",
        "severity": "warning",
        "message": "says two",
    }


def test_a_finding_is_one_line_whatever_it_names(root: Path) -> None:
    (line,) = render([Finding("x.json", "/a\nb\u2028", "ONE", "`\x1b[31m`\nis wrong \ud800")], root)
    assert line == "x.json:1:1 ONE /a b : ` [31m` is wrong  "


def test_a_file_in_another_encoding_still_has_a_place(tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b'{\n"\xff": 1}')
    (line,) = render([Finding("x.json", "/z", "ONE", "says one")], tmp_path)
    assert line.startswith("x.json:1:1 ")


def test_broken_contracts_are_reported_with_their_number(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report(ContractError(FINDINGS[:1]), root)
    assert capsys.readouterr().err == "x.json:3:3 ONE /a: says one\n1 finding(s); nothing was written.\n"


def test_another_error_is_reported_as_it_is(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report(CodegenError("do this"), root)
    assert capsys.readouterr().err == "do this\n"
