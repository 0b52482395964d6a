"""Do all validators of a contract agree? Random dialect schemas, random values: `nox -s agreement`."""

import argparse
import copy
import json
import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from questlog_codegen.contracts import strip_annotations
from questlog_codegen.keywords import FORMATS
from questlog_codegen.reference import FORMAT_CHECKER, ReferenceValidator
from tests.codegen.project import Refused, compiled
from tests.codegen.random_contracts import instances, object_schema

IsValid = Callable[[Any], bool]


@dataclass(frozen=True)
class Disagreement:
    """A value that one validator accepts and another refuses, or that one of them changed."""

    schema: Mapping[str, Any]
    value: Any
    verdicts: Mapping[str, bool]


@dataclass
class Count:
    """What was compared."""

    schemas: int = 0
    instances: int = 0
    valid: int = 0


def validators(schema: Mapping[str, Any]) -> dict[str, IsValid]:
    """The three validators of one schema, by name."""
    formats: dict[str, IsValid] = {
        name: lambda text, pattern=pattern: pattern.fullmatch(text) is not None  # type: ignore[misc]  # mypy cannot type a default
        for name, pattern in FORMATS.items()
    }
    rust = jsonschema_rs.Draft202012Validator(dict(schema), validate_formats=True, formats=formats)
    reference = ReferenceValidator(schema, format_checker=FORMAT_CHECKER)
    return {"generated": _generated(schema), "jsonschema": reference.is_valid, "jsonschema-rs": rust.is_valid}


def _generated(schema: Mapping[str, Any]) -> IsValid:
    check = compiled(schema)

    def is_valid(value: Any) -> bool:
        try:
            check(value)
        except Refused:
            return False
        return True

    return is_valid


def disagreements(schemas: int, each: int, seed: int, count: Count) -> Iterator[Disagreement]:
    """Compare `each` values on every one of `schemas` random schemas; `count` is kept up to date."""
    for number in range(schemas):
        source = random.Random(seed + number)
        schema = dict(strip_annotations(object_schema(source)))
        judges = validators(schema)
        count.schemas += 1
        for value in instances(schema, source, each):
            before = copy.deepcopy(value)
            verdicts = {name: is_valid(value) for name, is_valid in judges.items()}
            count.instances += 1
            count.valid += verdicts["jsonschema"]
            if len(set(verdicts.values())) > 1 or value != before:
                yield Disagreement(schema, value, verdicts)


def main() -> int:
    """Print what was compared, and the first disagreements; exit status 1 when there is one."""
    parser = argparse.ArgumentParser(prog="nox -s agreement --", description=__doc__)
    parser.add_argument("--schemas", type=int, default=5000, help="random schemas (default: %(default)s)")
    parser.add_argument("--instances", type=int, default=50, help="values for each (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="other schemas and values (default: %(default)s)")
    options = parser.parse_args()
    count, started = Count(), time.perf_counter()
    found = list(disagreements(options.schemas, options.instances, options.seed, count))
    for disagreement in found[:5]:
        print(
            json.dumps(
                {
                    "verdicts": disagreement.verdicts,
                    "value": disagreement.value,
                    "schema": disagreement.schema,
                }
            )
        )
    print(
        f"{count.schemas} schemas, {count.instances} values ({count.valid} valid), "
        f"{len(found)} disagreements, {time.perf_counter() - started:.0f} s"
    )
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
