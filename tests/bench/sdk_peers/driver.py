"""What every SDK must do to be measured. Nothing is imported here: it would count as memory of the SDK."""


class Run:
    """One measurement: the server's `url`, an empty `folder` for files, and how many `events` will come."""

    def __init__(self, url: str, folder: str, events: int) -> None:
        self.url = url
        self.folder = folder
        self.events = events


class Driver:
    """An SDK as its documentation has it used: batches of up to 500, gzip where it can."""

    def __init__(self, run: Run) -> None:
        raise NotImplementedError

    def purchase(self, transaction: str) -> None:
        """Track the purchase that the store knows as `transaction`."""
        raise NotImplementedError

    def flush(self) -> None:
        """Send what is waiting."""
        raise NotImplementedError

    def close(self) -> None:
        """Do what the documentation asks for before a program ends."""
        raise NotImplementedError
