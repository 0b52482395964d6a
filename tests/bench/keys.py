"""The write key of the game that the benches send as."""

KEY = "ql_bench"
