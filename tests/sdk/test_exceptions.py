import pickle

import pytest

import questlog
from questlog import InvalidEvent, QuestlogError

ERROR = InvalidEvent("/price/currency", "enum", "must be one of EUR, USD")


def test_a_message_says_where_what_and_which_rule() -> None:
    assert str(ERROR) == "price.currency: must be one of EUR, USD (enum at /price/currency)"


def test_a_message_about_the_whole_event_names_the_root() -> None:
    error = InvalidEvent("", "additionalProperties", "has an unknown property")
    assert str(error) == "has an unknown property (additionalProperties at the root)"


def test_an_invalid_event_is_caught_as_value_error_and_as_questlog_error() -> None:
    assert isinstance(ERROR, ValueError)
    assert isinstance(ERROR, QuestlogError)


def test_an_invalid_event_survives_pickling() -> None:
    copy = pickle.loads(pickle.dumps(ERROR))  # noqa: S301 - it was pickled here
    assert (copy.pointer, copy.keyword, copy.detail) == (ERROR.pointer, ERROR.keyword, ERROR.detail)


@pytest.mark.parametrize("name", ["QuestlogError", "InvalidEvent"])
def test_the_tree_in_the_docstring_names_every_exception(name: str) -> None:
    assert name in str(questlog.exceptions.__doc__)
