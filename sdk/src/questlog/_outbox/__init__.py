"""The durable outbox: events on disk until they are answered. Everything raised is an `OutboxError`."""

from questlog._outbox.errors import OutboxDamagedError, OutboxError, OutboxInUseError
from questlog._outbox.file import OutboxFile
from questlog._outbox.folder import OutboxFolder, destination_of
from questlog._outbox.refused import set_aside
from questlog._outbox.rows import Row

__all__ = [
    "OutboxDamagedError",
    "OutboxError",
    "OutboxFile",
    "OutboxFolder",
    "OutboxInUseError",
    "Row",
    "destination_of",
    "set_aside",
]
