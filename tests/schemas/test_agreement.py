from tests.schemas.agreement import Count, disagreements, validators


def test_three_validators_agree_on_random_values_of_random_schemas() -> None:
    count = Count()
    assert list(disagreements(schemas=150, each=30, seed=0, count=count)) == []
    assert count.instances == 4_500
    assert 1_000 < count.valid < 3_500


def test_a_validator_that_is_too_lax_would_be_noticed() -> None:
    strict = validators({"type": "string", "format": "uuid", "maxLength": 36})
    upper = "0190A3F2-7C3E-7B6A-9D0E-2F1F4E5D6C7B"
    assert {name: is_valid(upper) for name, is_valid in strict.items()} == dict.fromkeys(strict, False)
