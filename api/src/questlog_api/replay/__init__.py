"""Sends rejects and spool files again, after what was wrong with them is repaired."""
