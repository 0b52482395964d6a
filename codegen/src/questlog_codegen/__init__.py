"""Contracts in, everything generated out: the command line is `python -m questlog_codegen`."""
