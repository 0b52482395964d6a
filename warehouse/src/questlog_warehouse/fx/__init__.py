"""Exchange rates into REF.FX_RATE: the European Central Bank's, which come along, or those of a file.

    load(warehouse, ["USD"])                                       # the bundled history of the bank
    load(warehouse, ["USD"], rate_file(Path("kwd.csv"), "CBK"))    # what the bank does not quote

Sources publish against one currency, their base; other pairs are crossed over it. Arithmetic is Decimal all
the way, and SQL is left one multiplication, so that every engine gets the same integer.
"""

from questlog_warehouse.fx.loading import Loaded, Tell, load, load_rates
from questlog_warehouse.fx.quotes import Day, Quote, Rate, rates
from questlog_warehouse.fx.rate_file import BANK, RateFile, RateFileError, rate_file

__all__ = [
    "BANK",
    "Day",
    "Loaded",
    "Quote",
    "Rate",
    "RateFile",
    "RateFileError",
    "Tell",
    "load",
    "load_rates",
    "rate_file",
    "rates",
]
