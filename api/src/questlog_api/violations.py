"""How an event breaks its contract: what a generated check raises, and what a client is told."""

from dataclasses import dataclass


class Violation(Exception):  # noqa: N818 - the generated checks raise it by this name
    """An event breaks its contract. Holds no submitted value.

    Attributes:
        pointer: JSON Pointer of the value in the event; of the missing member for `required`.
        keyword: Schema keyword that is violated.
        detail: What the value must be.
    """

    def __init__(self, pointer: str, keyword: str, detail: str) -> None:
        super().__init__(f"{pointer or 'the event'} {detail}")
        self.pointer = pointer
        self.keyword = keyword
        self.detail = detail


@dataclass(frozen=True, slots=True)
class FieldError:
    """One entry of `errors` in a problem, a batch's answer and a line of rejects; as in `Violation`."""

    pointer: str
    keyword: str
    detail: str
