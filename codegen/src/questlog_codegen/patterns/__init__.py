"""The dialect's regular expressions: read, compared exactly, and spelt."""
