"""What git remembers of `released.json`: whatever stood there once must still stand there.

A released file and its hash edited in one commit agree with each other; only the past tells. Asked is every
commit that ever touched the file on the way to this one, and where the branch left the main one.
"""

import subprocess
from collections.abc import Iterator
from pathlib import Path

from questlog_codegen.errors import ContractError, Finding, Severity
from questlog_codegen.releases.ledger import PATH, Released, parsed, read_released

MAIN_BRANCHES = ("origin/main", "main")


def lost_releases(root: Path, *, base: str | None = None, unknown: Severity = "warning") -> list[Finding]:
    """Return what was released in an earlier commit and is no longer, or has another hash now.

    `base` is the branch this one will be merged into, by default the first of `MAIN_BRANCHES` there is. What
    lies outside of git has no past. A clone without the past gets a finding of severity `unknown`.
    """
    if _git(root, "rev-parse", "--is-inside-work-tree") is None:
        return list(_unreadable(root, unknown))
    if base is not None and _commit(root, base) is None:
        return [
            Finding(PATH, "", "HISTORY_UNKNOWN", "there is no commit of that name: fetch the base branch")
        ]
    current = read_released(root)
    lost: dict[str, Finding] = {}
    for commit in _commits(root, base):
        for finding in _lost(root, commit, current):
            lost.setdefault(finding.pointer, finding)
    return [*lost.values(), *_shallow(root, unknown)]


def _commits(root: Path, base: str | None) -> dict[str, None]:
    """Return the commits to ask, newest first; of a base that shares no past with this branch, its tip."""
    log = _git(root, "log", "--format=%H", "--full-history", "HEAD", "--", f"./{PATH}") or ""
    tips = filter(None, (_commit(root, branch) for branch in ((base,) if base else MAIN_BRANCHES)))
    tip = next(tips, None)
    fork = tip and (_git(root, "merge-base", "HEAD", tip) or tip)
    asked = [_commit(root, "HEAD"), *log.split(), fork]
    return dict.fromkeys(commit for commit in asked if commit)


def _commit(root: Path, name: str) -> str | None:
    return _git(root, "rev-parse", "--verify", f"{name}^{{commit}}")


def _lost(root: Path, commit: str, current: Released) -> Iterator[Finding]:
    before = _released_in(root, commit)
    restore = f"a release is forever. Restore it: git checkout {commit[:12]} -- {PATH}"
    for group in ("contracts", "migrations"):
        was, is_now = getattr(before, group), getattr(current, group)
        for name, digest in was.items():
            pointer = f"/{group}/{name.replace('/', '~1')}"
            if name not in is_now:
                message = f"`{name}` was released and is gone; {restore}"
                yield Finding(PATH, pointer, "RELEASED_REMOVED", message)
            elif is_now[name] != digest:
                message = f"the hash of `{name}` changed; {restore}"
                yield Finding(PATH, pointer, "RELEASED_REWRITTEN", message)


def _released_in(root: Path, commit: str) -> Released:
    """Return what a commit had released: nothing where the file was broken; its parents are asked as well."""
    text = _git(root, "show", f"{commit}:./{PATH}")
    try:
        return Released({}, {}) if text is None else parsed(text)
    except ContractError:
        return Released({}, {})


def _unreadable(root: Path, severity: Severity) -> Iterator[Finding]:
    """A folder outside of git has no past; one inside whose past git does not show is not to be trusted."""
    if any((folder / ".git").exists() for folder in (root.resolve(), *root.resolve().parents)):
        message = "git cannot read this repository, so releases are not proven unchanged: see `git status`"
        yield Finding(PATH, "", "HISTORY_UNKNOWN", message, severity)


def _shallow(root: Path, severity: Severity) -> Iterator[Finding]:
    if _git(root, "rev-parse", "--is-shallow-repository") == "true":
        message = "this clone lacks the past, so releases are not proven unchanged: git fetch --unshallow"
        yield Finding(PATH, "", "HISTORY_UNKNOWN", message, severity)


def _git(root: Path, *arguments: str) -> str | None:
    """Return what git prints, None when it fails or is not there."""
    command = ["git", "-C", str(root), *arguments]
    try:
        result = subprocess.run(command, capture_output=True, check=True)  # noqa: S603 - fixed words
    except (OSError, subprocess.CalledProcessError):
        return None
    return result.stdout.decode("utf-8", errors="replace").strip()
