"""Build hooks: a package that carries contracts is not built while one of them is a draft."""

from importlib.resources import files

from questlog_codegen.contracts import Catalog
from questlog_codegen.writer import header

HOOK = "hatch_build.py"
"""The name hatchling looks for beside a `pyproject.toml`."""

_PACKAGES = ("sdk", "api", "warehouse")


def emit(catalog: Catalog) -> dict[str, str]:
    """Return the hook of each package. They are alike: a draft is the newest version, and all have that."""
    template = files("questlog_codegen.emitters").joinpath("packages_hook.txt").read_text(encoding="utf-8")
    hook = header("#", "schemas/") + template.format(drafts=_drafts(catalog))
    return {f"{package}/{HOOK}": hook for package in _PACKAGES}


def _drafts(catalog: Catalog) -> str:
    rows = [f'    "{version.key}",\n' for version in catalog.versions if version.status == "draft"]
    return f"(\n{''.join(rows)})" if rows else "()"
