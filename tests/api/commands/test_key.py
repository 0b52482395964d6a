import re

import pytest

from questlog_api.__main__ import main
from questlog_api.gate.keys import key_hash


def test_a_new_key_comes_with_its_hash(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key"]) == 0
    printed = capsys.readouterr().out
    key = re.search(r"ql_\S+", printed)
    assert key is not None
    assert key_hash(key.group().encode()) in printed
