"""Tasks, which fakesnow has not: statements that wait for rows in a stream, or for their time."""

from dataclasses import dataclass

from questlog_warehouse.local.database import Database
from questlog_warehouse.local.streams import Streams


@dataclass(slots=True)
class Task:
    """A statement that waits; `stream` None: for its time, and not for rows."""

    stream: str | None
    body: str
    resumed: bool = False


class Tasks:
    """The tasks that were created, by name. They are kept in memory: every deployment creates all of them."""

    def __init__(self, database: Database, streams: Streams) -> None:
        self._database = database
        self._streams = streams
        self._tasks: dict[str, Task] = {}

    def create(self, name: str, task: Task) -> None:
        """Create a task, or replace it by one that is not resumed yet."""
        self._tasks[name] = task

    def resume(self, name: str) -> None:
        """Switch a task on.

        Raises:
            LookupError: when there is no such task.
        """
        self._named(name).resumed = True

    def run_all(self) -> None:
        """Run each resumed task that waits for a stream with rows, once; then the stream's offset moves.

        Snowflake does both in one transaction; fakesnow cannot MERGE within one.
        """
        for task in self._tasks.values():
            if task.resumed and task.stream:
                self._run(task)

    def run(self, name: str) -> None:
        """Run one task now, resumed or not, as EXECUTE TASK does.

        Raises:
            LookupError: when there is no such task.
        """
        self._run(self._named(name))

    def _run(self, task: Task) -> None:
        if task.stream is None:
            if self._streams.delete(task.body) is None:
                self._database.execute(task.body)
        elif self._streams.has_data(task.stream):
            self._database.execute(task.body)
            self._streams.advance(task.stream)

    def _named(self, name: str) -> Task:
        try:
            return self._tasks[name]
        except KeyError:
            known = ", ".join(sorted(self._tasks)) or "none"
            raise LookupError(f"no task is called {name}: deploy it first; there are: {known}") from None
