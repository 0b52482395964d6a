"""The document people read, and the SQL in it."""

from tests.repository import ROOT

DOCUMENT = (ROOT / "warehouse" / "README.md").read_text(encoding="utf-8")


def documented() -> list[str]:
    """The SQL blocks, in order; the last one is for an account and not for the stand-in."""
    return [block.partition("```")[0].strip().removesuffix(";") for block in DOCUMENT.split("```sql\n")[1:]]
