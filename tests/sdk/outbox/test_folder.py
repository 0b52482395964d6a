import os
from collections import Counter
from pathlib import Path

import pytest

from questlog._outbox import OutboxError, OutboxFolder, destination_of
from tests.sdk.outbox.programs import DESTINATION, adopted, drained, names, output, started

LEAVE = "folder.open().append([sys.argv[2].encode()])\nos._exit(0)"


def test_a_destination_tells_neither_the_url_nor_the_key() -> None:
    name = destination_of("https://a.example", "secret")
    assert len(name) == 16
    assert set(name) <= set("0123456789abcdef")
    assert name == destination_of("https://a.example", "secret")
    assert name not in {
        destination_of("https://a.example", "b"),
        destination_of("https://b.example", "secret"),
    }


def test_a_closing_slash_makes_no_other_destination() -> None:
    assert destination_of("https://a.example/", "secret") == destination_of("https://a.example", "secret")


def test_a_file_is_named_after_its_destination(folder: OutboxFolder) -> None:
    file = folder.open()
    assert file.path.name.startswith(f"{DESTINATION}-")
    assert file.path.suffix == ".outbox"
    file.close()


def test_each_client_has_a_file_of_its_own(folder: OutboxFolder) -> None:
    first, second = folder.open(), folder.open()
    assert first.path != second.path
    first.close()
    second.close()


def test_nothing_is_adopted_from_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert OutboxFolder(tmp_path / "none", DESTINATION).adopt() is None
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for path in (tmp_path / "file", tmp_path / "file" / "folder"):
        with pytest.raises(OutboxError, match=r"check its disk, or choose another folder"):
            OutboxFolder(path, DESTINATION).open()


def test_a_file_of_a_process_that_ended_is_adopted(folder: OutboxFolder) -> None:
    output(LEAVE, folder.path, "1")
    file = folder.adopt()
    assert file is not None
    assert (file.events, file.bytes) == (1, 1)
    assert drained(file) == [b"1"]
    file.close()
    assert folder.adopt() is None
    assert names(folder.path) == []


def test_the_oldest_file_is_adopted_first(folder: OutboxFolder) -> None:
    for number in range(3):
        output(LEAVE, folder.path, str(number))
    assert adopted(folder) == [b"0", b"1", b"2"]


def test_a_file_whose_owner_lives_is_not_adopted(folder: OutboxFolder) -> None:
    program = "folder.open().append([b'1']); print(flush=True); input()"
    with started(program, folder.path) as owner:
        assert owner.stdout is not None
        owner.stdout.readline()
        assert folder.adopt() is None
        assert folder.skipped == {}
        owner.kill()
    assert adopted(folder) == [b"1"]


def test_a_file_of_another_client_of_this_process_is_not_adopted(folder: OutboxFolder) -> None:
    file = OutboxFolder(folder.path, DESTINATION).open()
    file.append([b"1"])
    assert folder.adopt() is None
    assert output("print(folder.adopt())", folder.path) == ["None"]
    file.append([b"2"])
    file.close()
    assert adopted(folder) == [b"1", b"2"]


def test_a_client_does_not_adopt_its_own_file(folder: OutboxFolder) -> None:
    file = folder.open()
    file.append([b"1"])
    assert folder.adopt() is None
    file.close()


def test_an_adopted_file_cannot_be_adopted_again(folder: OutboxFolder) -> None:
    output(LEAVE, folder.path, "1")
    file = folder.adopt()
    assert file is not None
    assert OutboxFolder(folder.path, DESTINATION).adopt() is None
    assert output("print(folder.adopt())", folder.path) == ["None"]
    file.close()
    assert adopted(folder) == [b"1"]


def test_files_of_other_destinations_stay_untouched(folder: OutboxFolder) -> None:
    other = OutboxFolder(folder.path, "f" * 16)
    file = other.open()
    file.append([b"1"])
    file.close()
    assert folder.adopt() is None
    assert folder.bytes_of_others() == 0
    assert adopted(other) == [b"1"]


def test_empty_files_are_deleted_on_the_way(folder: OutboxFolder) -> None:
    output("file = folder.open(); file.append([b'1']); file.remove([1]); os._exit(0)", folder.path)
    assert len(names(folder.path)) == 2
    assert folder.adopt() is None
    assert names(folder.path) == []


def test_a_log_without_its_file_is_deleted_on_the_way(folder: OutboxFolder) -> None:
    output(LEAVE, folder.path, "1")
    orphan = folder.path / f"{DESTINATION}-1.outbox-wal"
    orphan.write_bytes(b"log")
    assert adopted(folder) == [b"1"]
    assert not orphan.exists()


def test_the_bytes_of_others_are_those_of_files_not_opened_here(folder: OutboxFolder) -> None:
    mine = folder.open()
    mine.append([b"x" * 1000])
    assert folder.bytes_of_others() == 0
    output(LEAVE, folder.path, "x" * 10_000)
    assert 10_000 < folder.bytes_of_others() < 100_000
    left = folder.adopt()
    assert left is not None
    assert folder.bytes_of_others() == 0
    left.close()
    assert folder.bytes_of_others() > 10_000
    mine.close()


def test_a_damaged_lock_is_made_anew(folder: OutboxFolder) -> None:
    output(LEAVE, folder.path, "1")
    lock = folder.path / f"{DESTINATION}.lock"
    lock.write_bytes(os.urandom(5000))
    assert folder.adopt() is None
    assert adopted(folder) == [b"1"]


def test_who_adopts_is_alone(folder: OutboxFolder) -> None:
    output(LEAVE, folder.path, "1")
    program = """
from questlog._outbox.connection import alone
with alone(path / sys.argv[2]) as is_alone:
    print(is_alone, flush=True)
    input()
"""
    with started(program, folder.path, f"{DESTINATION}.lock") as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "True\n"
        assert folder.adopt() is None
        assert folder.busy
        other.communicate("\n")
    assert adopted(folder) == [b"1"]
    assert not folder.busy


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other rights")
@pytest.mark.parametrize("use", ["folder.open()", "folder.adopt()", "set_aside(path, 'a', 'b', b'{}')"])
def test_a_folder_that_cannot_be_written_says_so(use: str) -> None:
    program = f"""
import shutil, sqlite3, tempfile
path = Path(tempfile.mkdtemp())
folder = OutboxFolder(path, {DESTINATION!r})
file = folder.open()
file.append([b"1"])
file.close()
if os.geteuid() == 0:  # who may write everywhere
    os.chown(path, 65534, 65534)
    os.seteuid(65534)
path.chmod(0o500)
try:
    {use}
except OutboxError as error:
    print(error.full, str(error).removeprefix("the outbox " + str(path)))
os.seteuid(os.getuid())
path.chmod(0o700)
shutil.rmtree(path)
"""
    [line] = output(program, Path())
    assert line.startswith("False ")
    assert line.endswith("let the program write to its folder, or choose another folder")


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="Windows has other rights")
def test_a_file_of_another_user_is_skipped_and_named() -> None:
    program = f"""
import shutil, sqlite3, tempfile
path = Path(tempfile.mkdtemp())
path.chmod(0o777)
folder = OutboxFolder(path, {DESTINATION!r})
for number in range(2):
    file = folder.open()
    file.append([b"%d" % number])
    file.close()
    if number == 0:
        file.path.chmod(0)
        unreadable = file.path
        if os.geteuid() == 0:
            os.seteuid(65534)
print(drained(folder.adopt()))
print(list(folder.skipped) == [unreadable])
os.seteuid(os.getuid())
path.chmod(0o700)
shutil.rmtree(path)
"""
    assert output(program, Path()) == ["[b'1']", "True"]


@pytest.mark.parametrize("moment", ["sqlite3.connect", "sqlite3.connect/handle"])
def test_a_file_that_is_taken_for_abandoned_while_it_is_made_is_made_anew(
    folder: OutboxFolder, moment: str
) -> None:
    program = """
import subprocess
taken = []
def take(event, arguments):
    if event == sys.argv[2] and not taken:
        taken.append(event)
        code = f"from pathlib import Path; from questlog._outbox import *; "
        code += f"OutboxFolder(Path({str(path)!r}), {folder._destination!r}).adopt()"
        subprocess.run([sys.executable, "-c", code], check=True)
        print(list(path.glob("*.outbox")))
sys.addaudithook(take)
file = folder.open()
file.append([b"1"])
file.close()
"""
    assert output(program, folder.path, moment) == ["[]"]
    assert adopted(folder) == [b"1"]


ADOPT_ALL = """
while any(path.glob("*.outbox")):
    if file := folder.adopt():
        print(*(body.decode() for body in drained(file)), sep="\\n", flush=True)
        file.close()
"""


def test_two_processes_never_get_the_same_file(folder: OutboxFolder) -> None:
    for number in range(30):
        file = folder.open()
        file.append([b"%d" % number])
        file.close()
    children = [started(ADOPT_ALL, folder.path) for _ in range(2)]
    lines = [line for child in children for line in child.communicate(timeout=60)[0].split()]
    assert [child.returncode for child in children] == [0, 0]
    assert sorted(map(int, lines)) == list(range(30))


def test_files_that_are_made_and_adopted_all_at_once_lose_nothing(folder: OutboxFolder) -> None:
    program = """
for number in range(60):
    file = folder.open()
    file.append([b"%s-%d" % (sys.argv[2].encode(), number)])
    file.close()
    if file := folder.adopt():
        print(*(body.decode() for body in drained(file)), sep="\\n")
        file.close()
"""
    children = [started(program, folder.path, str(number)) for number in range(3)]
    lines = [line for child in children for line in child.communicate(timeout=120)[0].split()]
    assert [child.returncode for child in children] == [0, 0, 0]
    lines += [body.decode() for body in adopted(folder)]
    assert Counter(lines) == Counter(f"{child}-{number}" for child in range(3) for number in range(60))


def test_importing_it_loads_neither_sqlite_nor_hashes(tmp_path: Path) -> None:
    program = 'print(sorted({"sqlite3", "_sqlite3", "hashlib"} & set(sys.modules)))'
    assert output(program, tmp_path) == ["[]"]
    assert output(f"{program}\nfolder.open().close()\n{program}", tmp_path) == [
        "[]",
        "['_sqlite3', 'sqlite3']",
    ]
