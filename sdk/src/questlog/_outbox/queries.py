"""What is asked of the table of a file, in SQL."""

# Of damaged rows, too, whatever is in their columns: a row has from 1 to 500 events.
_EVENTS = "IFNULL(MAX(1, MIN(CAST(events AS INTEGER), 500)), 1)"
_BYTES = "IFNULL(LENGTH(content), 0)"
_FROM = "FROM rows"
TOTALS = f"SELECT IFNULL(MAX(number), 0), IFNULL(SUM({_EVENTS}), 0), IFNULL(SUM({_BYTES}), 0) {_FROM}"
SHARES = f"SELECT number, {_EVENTS}, {_BYTES} {_FROM} ORDER BY number"
SHARE = f"SELECT {_EVENTS}, {_BYTES} {_FROM} WHERE number = ?"
CONTENTS = """SELECT number, CAST(written_at AS INTEGER), checksum, CAST(IFNULL(content, '') AS BLOB)
FROM rows WHERE number BETWEEN ? AND ? ORDER BY number"""
NUMBERS = "SELECT number FROM rows ORDER BY number"
DELETE = "DELETE FROM rows WHERE number = ?"
UPDATE = "UPDATE rows SET events = ?, checksum = ?, content = ? WHERE number = ?"
FILE_BYTES = "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"
