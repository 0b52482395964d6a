"""Bugs of what lets requests in: keys, quotas, the memory of all requests, settings."""

from tests.seeded.bug import Bug

_KEYS = "api/src/questlog_api/gate/keys.py"
_KEY_FILE = "api/src/questlog_api/gate/key_file.py"
_QUOTAS = "api/src/questlog_api/gate/quotas.py"
_BUDGET = "api/src/questlog_api/gate/budget.py"
_SETTINGS = "api/src/questlog_api/settings.py"
_SETTING_ERRORS = "api/src/questlog_api/setting_errors.py"

BUGS = (
    Bug(
        "whoever reads the settings may send: a hash is as good as its key",
        _KEYS,
        "hashed = key_hash(key)\n",
        'hashed = key.decode("latin-1") if len(key) == 64 else key_hash(key)\n',
    ),
    Bug(
        "how long the answer takes tells how much of a hash was right",
        _KEYS,
        "hmac.compare_digest(known, hashed)",
        "known == hashed",
    ),
    Bug(
        "an empty key is a key",
        _KEYS,
        "if not key or (scheme",
        "if (scheme",
    ),
    Bug(
        "a key is taken in any scheme",
        _KEYS,
        'if not key or (scheme != b"Bearer" and scheme.lower() != b"bearer"):',
        "if not key:",
    ),
    Bug(
        "a key that leaked and was removed stays valid until the next restart",
        _KEYS,
        "            self._games = _by_hash(write_keys)\n\n",
        "            self._games |= _by_hash(write_keys)\n\n",
    ),
    Bug(
        "another key in the file needs a restart",
        _KEYS,
        "if self._changed is not None and monotonic() >= self._look_at:",
        "if self._changed is not None and not self._games:",
    ),
    Bug(
        "a typing error in the file of keys locks all games out",
        _KEY_FILE,
        "            self.is_broken = True\n            return None\n",
        "            self.is_broken = True\n            return {}\n",
    ),
    Bug(
        "a file of keys that is replaced by one of the same size is not read",
        _KEY_FILE,
        "return stat.st_mtime_ns, stat.st_size, stat.st_ino",
        "return 0, stat.st_size, 0",
    ),
    Bug(
        "the keys of the settings are gone when a file names others of the game",
        _KEY_FILE,
        "[*(h for h in merged.get(game_id, ()) if h not in hashes), *hashes] if both else hashes",
        "hashes",
        ("tests/api/gate/test_keys.py", "tests/api/gate/test_key_file.py"),
    ),
    Bug(
        "a quota that is used up stays used up",
        _QUOTAS,
        "counts.incr(name, WINDOW_SECONDS, count)",
        "counts.incr(name, 1000 * WINDOW_SECONDS, count)",
    ),
    Bug(
        "the quota counts requests, and a batch of 500 is one",
        _QUOTAS,
        "await counts.incr(name, WINDOW_SECONDS, count) - count",
        "await counts.incr(name, WINDOW_SECONDS, 1) - 1",
    ),
    Bug(
        "one key uses up the quota of all",
        _QUOTAS,
        'f"{limit}/{key_id}"',
        "limit",
    ),
    Bug(
        "refused events use up the quota of events",
        _QUOTAS,
        'f"{limit}/{key_id}"',
        "key_id",
    ),
    Bug(
        "Retry-After of a quota is a time of day, and clients wait 50 years",
        _QUOTAS,
        "return await counts.get_expiry(name) - time()",
        "return await counts.get_expiry(name)",
    ),
    Bug(
        "events are refused while Redis is away",
        _QUOTAS,
        "except (StorageError, OSError) as error:",
        "except StorageError as error:",
    ),
    Bug(
        "the memory of requests is never given back, and after a day all are refused",
        _BUDGET,
        "self._budget.take(-self._held)",
        "self._budget.take(0)",
    ),
    Bug(
        "a request that grows is counted twice",
        _BUDGET,
        "self._budget.take(wanted - self._held)",
        "self._budget.take(wanted)",
    ),
    Bug(
        "all requests together may hold any memory",
        _BUDGET,
        "if size > 0 and self.held + size > self._most:",
        "if size > self._most:",
    ),
    Bug(
        "a write key in the wrong place is printed by the error",
        _SETTINGS,
        "hide_input_in_errors=True",
        "hide_input_in_errors=False",
    ),
    Bug(
        "two games share a write key",
        _SETTINGS,
        "if any(count > 1 for count in uses.values()):",
        "if any(count > 2 for count in uses.values()):",
    ),
    Bug(
        "a stop cuts requests that could still succeed",
        _SETTINGS,
        "if self.shutdown_seconds < longest:",
        "if self.shutdown_seconds < self.delivery_seconds:",
    ),
    Bug(
        "the name of a setting's defect is the secret itself",
        _SETTING_ERRORS,
        'return "(a name that is no game\'s)"',
        "return part",
    ),
)
