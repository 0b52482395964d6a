"""The clock of this machine against the API's, as far as an answer tells."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from questlog._commands.ask import Heard
from questlog._commands.findings import Finding, not_checked, ok, wrong

MOST_SECONDS = 60.0
"""By which clocks may differ; `sent_at` tells the API about more, but that is a sign of a wrong setting."""

# A Date has whole seconds: its moment is half a second after it, give or take half a second.
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
_HALF_TICK = 0.5


def check_clock(heard: Heard) -> Finding:
    """Return how far the local clock is off; it is wrong only if it surely is off by more than a minute."""
    date = _date(heard.headers.get("date"))
    if date is None:
        return not_checked("clock", "the answer has no readable Date")
    middle = heard.sent_at + timedelta(seconds=heard.seconds / 2)
    ahead = (middle - date).total_seconds() - _HALF_TICK
    margin = heard.seconds / 2 + _HALF_TICK
    side = "ahead of" if ahead > 0 else "behind"
    told = f"{abs(ahead):.1f} seconds {side} the API's, give or take {margin:.1f}"
    if abs(ahead) - margin > MOST_SECONDS:
        return wrong("clock", f"this machine's is {told}; set it by the network (NTP)")
    return ok("clock", f"this machine's is {told}")


def _date(text: str | None) -> datetime | None:
    try:
        date = parsedate_to_datetime(text or "")
    except (ValueError, OverflowError):  # also a year of a hundred digits
        return None
    return date.replace(tzinfo=date.tzinfo or UTC)
