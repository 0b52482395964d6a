"""The only module that writes: atomic replacement, stale files, and the diff of `--check`."""

import difflib
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from questlog_codegen.errors import CodegenError

REGENERATE = "nox -s codegen"


def header(comment: str, source: str) -> str:
    """Return the first line of a generated file, e.g. `header("#", "schemas/purchase/schema.json")`."""
    return f"{comment} Generated from {source}. Do not edit; run `{REGENERATE}`.\n"


def render_json(value: object) -> str:
    """Return the text of a generated JSON file: two spaces, UTF-8, key order kept."""
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def write(root: Path, files: Mapping[str, str], owned: Sequence[str]) -> list[str]:
    """Bring `root` in line with `files` (relative path -> text) and return the paths that changed.

    `owned` are glob patterns of generated files: what matches them and is not in `files` is removed.
    Each file is replaced in one step, so an interrupted run leaves no half-written one.

    Raises:
        CodegenError: for a file that cannot be read, written or removed.
    """
    changed = [path for path, text in files.items() if _current(root / path) != text]
    stale = list(_stale(root, files, owned))
    for path in changed:
        _replace(root / path, files[path])
    for path in stale:
        _remove(root / path)
    return sorted([*changed, *stale])


def differences(root: Path, files: Mapping[str, str], owned: Sequence[str]) -> str:
    """Return a unified diff from what is on disk to what would be generated; empty when nothing differs."""
    stale = dict.fromkeys(_stale(root, files, owned), "")
    wanted = {**files, **stale}
    return "".join(_diff(path, _current(root / path) or "", wanted[path]) for path in sorted(wanted))


def _diff(path: str, before: str, after: str) -> str:
    if before == after:
        return ""  # difflib would look at every line of what is mostly equal
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        after.splitlines(keepends=True),
        f"on disk: {path}",
        f"generated: {path}",
    )
    return "".join(line if line.endswith("\n") else line + "\n" for line in lines)


def _stale(root: Path, files: Mapping[str, str], owned: Sequence[str]) -> Iterator[str]:
    for pattern in owned:
        for path in sorted(root.glob(pattern)):
            relative = path.relative_to(root).as_posix()
            if path.is_file() and relative not in files and "__pycache__" not in relative:
                yield relative


def _current(path: Path) -> str | None:
    """Return the text on disk byte for byte (no newline translation), None when there is none."""
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        raise _told("read", path, error) from error


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename over it: a reader sees the old text or the new one."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent, prefix=".codegen-") as folder:
            draft = Path(folder, path.name)
            draft.write_bytes(text.encode("utf-8"))
            draft.replace(path)
    except OSError as error:
        raise _told("write", path, error) from error


def _remove(path: Path) -> None:
    try:
        path.unlink()
    except OSError as error:
        raise _told("remove", path, error) from error


def _told(act: str, path: Path, error: OSError) -> CodegenError:
    return CodegenError(f"cannot {act} {path}: {error.strerror}")
