"""Bugs of the checks: in what generates them, in those generated, in the second pass, in judging."""

from tests.seeded.bug import Bug

_GENERATOR = "codegen/src/questlog_codegen/check_source.py"
_KEYWORDS = "codegen/src/questlog_codegen/keywords.py"
_PURCHASE = "api/src/questlog_api/_generated/validators/purchase_1_0.py"
_REFUND = "api/src/questlog_api/_generated/validators/refund_1_0.py"
_VALIDATION = "api/src/questlog_api/validation.py"
_REFUSALS = "api/src/questlog_api/refusals.py"
_EXAMPLES = ("tests/schemas/test_examples.py", "tests/api/test_validation.py")

BUGS = (
    Bug(
        "a value at its minimum is refused",
        _GENERATOR,
        '((least, ">="), (most, "<="))',
        '((least, ">"), (most, "<="))',
    ),
    Bug(
        "one more than the maximum is accepted",
        _GENERATOR,
        "<= {bounds[most]}:",
        "<= {bounds[most]} + 1:",
    ),
    Bug(
        "NaN passes every bound",
        _GENERATOR,
        'f"not {size} {op} {bounds[k]}" for k, op in ((least, ">="), (most, "<="))',
        'f"{size} {op} {bounds[k]}" for k, op in ((least, "<"), (most, ">"))',
    ),
    Bug(
        "the last required member may be missing",
        _GENERATOR,
        'names = self._definition["required"]',
        'names = self._definition["required"][:-1]',
    ),
    Bug(
        "a text that only begins as its pattern says is accepted",
        _GENERATOR,
        'f"{name}.fullmatch({self._variable}) is None", "pattern"',
        'f"{name}.match({self._variable}) is None", "pattern"',
    ),
    Bug(
        "formats are not checked",
        _GENERATOR,
        '"format": self._format,',
        '"format": lambda: None,',
    ),
    Bug(
        "a time may be followed by anything",
        _GENERATOR,
        'f"{constant}.fullmatch({self._variable}) is None"',
        'f"{constant}.match({self._variable}) is None"',
    ),
    Bug(
        "a value of an enum may be written in capitals",
        _GENERATOR,
        'f"{self._variable} not in {name}", "enum"',
        'f"{self._variable}.lower() not in {name}", "enum"',
    ),
    Bug(
        "one unknown property is accepted, and its value is lost",
        _GENERATOR,
        "> {known} and not",
        "> {known} + 1 and not",
    ),
    Bug(
        "true counts as the integer 1",
        _GENERATOR,
        'f"type({value}) is not int and not is_integer({value})"',
        'f"not isinstance({value}, int) and not is_integer({value})"',
    ),
    Bug(
        "only the first item of an array is checked",
        _GENERATOR,
        "in enumerate({self._variable}):",
        "in enumerate({self._variable}[:1]):",
    ),
    Bug(
        "a keyword that the generator does not know checks nothing, without a word",
        _GENERATOR,
        "if unknown:",
        "if unknown and not self._name:",
    ),
    Bug(
        "29 February is a day of every year",
        _KEYWORDS,
        "02-(?:0[1-9]|1[0-9]|2[0-8])",
        "02-(?:0[1-9]|1[0-9]|2[0-9])",
    ),
    Bug(
        "an id in capitals is accepted, and passes the dedupe as another event",
        _KEYWORDS,
        "[0-9a-f]{12}",
        "[0-9a-fA-F]{12}",
    ),
    Bug(
        "somebody edits a generated check: purchases of nothing are accepted",
        _PURCHASE,
        "if not 1 <= data__quantity <= 10000:",
        "if not 0 <= data__quantity <= 10000:",
        _EXAMPLES,
    ),
    Bug(
        "somebody edits a generated check: a currency may be anything",
        _PURCHASE,
        "if data__price__currency not in PRICE_CURRENCY_VALUES:",
        "if not data__price__currency:",
        _EXAMPLES,
    ),
    Bug(
        "somebody edits a generated check: an amount may be true",
        _REFUND,
        "if type(data__amount__amount_micros) is not int and not is_integer(data__amount__amount_micros):",
        "if not isinstance(data__amount__amount_micros, int | float):",
        (*_EXAMPLES, "tests/codegen/test_generate.py"),
    ),
    Bug(
        "the reasons of a refusal quote what was submitted",
        _VALIDATION,
        "FieldError(pointer, keyword, detail(keyword, error.validator_value))",
        "FieldError(pointer, keyword, error.message)",
    ),
    Bug(
        "the reasons of a refusal are without end",
        _VALIDATION,
        "islice(self._validator.iter_errors(value), MAX_ERRORS)",
        "islice(self._validator.iter_errors(value), None)",
    ),
    Bug(
        "a missing member is reported at its parent",
        _VALIDATION,
        'ValidationError("required", path=[name])',
        'ValidationError("required")',
    ),
    Bug(
        "the second pass takes a line break after what the first one refuses with it",
        _VALIDATION,
        r'r"\\Z", pattern',
        r'"$", pattern',
    ),
    Bug(
        "an event of a version to come is called invalid, so that the SDK throws it away",
        _REFUSALS,
        "return _UNKNOWN_VERSION",
        "return next(reversed(versions.values())).refusal(event)",
    ),
    Bug(
        "an event of an unknown version is judged by the newest one, and accepted",
        _REFUSALS,
        """        if number in versions:
            return versions[number].refusal(event)
""",
        """        if number not in versions:
            number = next(reversed(versions))
            event = {**event, "schema_version": number}
        if number in versions:
            return versions[number].refusal(event)
""",
    ),
    Bug(
        "an event sent to the address of another one is accepted there",
        _REFUSALS,
        'self._checks[name, event["schema_version"]](event)',
        'self._checks[event["event"], event["schema_version"]](event)',
    ),
    Bug(
        "only the first reason is told, so that a repair takes many rounds",
        _REFUSALS,
        "self._schema.errors(event) or [FieldError(first.pointer, first.keyword, first.detail)]",
        "[FieldError(first.pointer, first.keyword, first.detail)]",
    ),
    Bug(
        "what only the first pass refuses is accepted",
        _REFUSALS,
        "return Refusal(Reason.INVALID_EVENT, errors)\n        return None",
        "return Refusal(Reason.INVALID_EVENT, errors) if self._schema.errors(event) else None\n"
        "        return None",
    ),
    Bug(
        "an event that says nothing of itself is a bug of the service instead of a refusal",
        _REFUSALS,
        'self._checks[event["event"], event["schema_version"]](event)\n'
        "        except (Violation, LookupError, TypeError):",
        'self._checks[event["event"], event["schema_version"]](event)\n'
        "        except (Violation, LookupError):",
    ),
)
