"""No SDK: the bytes of each request are known, so that the harness can be checked with it."""

import json
from http.client import HTTPConnection

from tests.bench.sdk_peers import driver
from tests.bench.sdk_peers.purchase import properties

BATCH = 50


def body(transactions: list[str]) -> bytes:
    return json.dumps({"events": [properties(transaction) for transaction in transactions]}).encode()


class Sdk(driver.Driver):
    def __init__(self, run: driver.Run) -> None:
        self._connection = HTTPConnection(run.url.removeprefix("http://"))
        self._waiting: list[str] = []

    def purchase(self, transaction: str) -> None:
        self._waiting.append(transaction)
        if len(self._waiting) == BATCH:
            self.flush()

    def flush(self) -> None:
        if self._waiting:
            self._connection.request("POST", "/by-hand", body(self._waiting))
            self._connection.getresponse().read()
            self._waiting.clear()

    def close(self) -> None:
        self.flush()
        self._connection.close()
