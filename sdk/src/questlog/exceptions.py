"""What Questlog raises.

    QuestlogError
    └── InvalidEvent    (also a ValueError)

Both are raised while an event is constructed, never afterwards: delivery reports through
`Client(on_rejected=...)`, `Client.stats()` and the logger `questlog`.
"""


class QuestlogError(Exception):
    """Base of everything Questlog raises."""


class InvalidEvent(QuestlogError, ValueError):  # noqa: N818 - reads as what it is where it is caught
    """Raised when an event, or a part of one, is constructed with a value its contract refuses.

    Attributes:
        pointer: JSON Pointer (RFC 6901) of the value in what was constructed; "" is the whole.
        keyword: Keyword of the contract that is broken, e.g. `enum`.
        detail: What the value must be. Never the value itself: it may be personal.
    """

    def __init__(self, pointer: str, keyword: str, detail: str) -> None:
        super().__init__(pointer, keyword, detail)
        self.pointer = pointer
        self.keyword = keyword
        self.detail = detail

    def __str__(self) -> str:
        return describe(self.pointer, self.keyword, self.detail)


def describe(pointer: str, keyword: str, detail: str) -> str:
    """Return a violation as one line, e.g. "price.currency: must be ... (enum at /price/currency)"."""
    if not pointer:
        return f"{detail} ({keyword} at the root)"
    return f"{pointer[1:].replace('/', '.')}: {detail} ({keyword} at {pointer})"
