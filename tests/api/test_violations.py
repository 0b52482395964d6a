from questlog_api.violations import Violation


def test_a_violation_reads_as_a_sentence_without_the_value() -> None:
    assert str(Violation("/quantity", "minimum", "must be at least 1")) == "/quantity must be at least 1"
    assert str(Violation("", "type", "must be of type object")) == "the event must be of type object"
