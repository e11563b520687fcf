"""Reasons of failures: whose, at whose cost, counted where, and what comes next."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zaguan.base.kit.words import LOCALES, Locale, say
from zaguan.records.orders.booking import Hold
from zaguan.records.orders.reasons import (
    AttemptPolicy,
    CompletionDetail,
    Decision,
    FailureReason,
    Figure,
    Party,
    Payer,
    SubReason,
    charge_of,
    consequence_of,
    decide,
    reason_of,
)
from zaguan.records.orders.refusals import BadReasonCode, ReasonUnknown


def test_there_are_forty_eight_reasons_and_eleven_completions() -> None:
    """Every reason is a cause of one of eight parties."""
    assert (len(FailureReason), len(CompletionDetail)) == (48, 11)
    assert {reason.party for reason in FailureReason} == set(Party)


@pytest.mark.parametrize("locale", LOCALES)
def test_everything_is_said(locale: Locale) -> None:
    """Reasons, completions, decisions, parties, payers and holds have words in each language."""
    for reason in FailureReason:
        assert say(reason.words_key, locale)
    for name, choices in (
        *(("completion", CompletionDetail), ("decision", Decision), ("party", Party), ("payer", Payer)),
        ("hold", Hold),
    ):
        assert all(say(f"order.{name}.{choice.value}", locale) for choice in choices)


@pytest.mark.parametrize("reason", FailureReason)
def test_every_failure_counts(reason: FailureReason) -> None:
    """Each reason counts as a failure; without recipients and addresses only what others caused does (M04, M12)."""
    figures = consequence_of(reason).figures
    assert {Figure.FAILED, Figure.FIRST_ATTEMPT} <= figures
    assert (Figure.FIRST_ATTEMPT_OWN in figures) == (reason.party not in {Party.RECIPIENT, Party.ADDRESS})
    assert (Figure.DAMAGE_AND_LOSS in figures) == (reason.value in {"carrier.damaged", "carrier.lost"})


def test_who_caused_it_pays() -> None:
    """The carrier pays for itself, the shipper for goods, addresses and recipients, nobody alone for the weather."""
    assert consequence_of(FailureReason.CARRIER_NO_TIME).payer is Payer.CARRIER
    assert consequence_of(FailureReason.SHIPPER_NOT_READY).payer is Payer.SHIPPER
    assert consequence_of(FailureReason.RECIPIENT_ABSENT).payer is Payer.SHIPPER
    assert consequence_of(FailureReason.ENVIRONMENT_WEATHER).payer is Payer.SHARED
    assert consequence_of(FailureReason.OTHER_UNKNOWN).payer is Payer.OPEN


def test_only_the_shippers_failures_are_charged() -> None:
    """A further attempt is charged where the shipper pays, not where the carrier was late."""
    policy = AttemptPolicy(charge_minor=900, currency="CLP")
    assert charge_of(policy, FailureReason.RECIPIENT_ABSENT) == 900
    assert charge_of(policy, FailureReason.CARRIER_LATE) == 0


@settings(deadline=None)
@given(
    reason=st.sampled_from(FailureReason),
    attempts=st.integers(1, 9),
    most=st.integers(1, 5),
    wishes=st.dictionaries(st.sampled_from(FailureReason), st.sampled_from(Decision)),
)
def test_no_attempt_beyond_the_last(
    reason: FailureReason, attempts: int, most: int, wishes: dict[FailureReason, Decision]
) -> None:
    """A policy's wish is followed until its attempts are used up: then no reason leads to another one (C82)."""
    decision = decide(AttemptPolicy(max_attempts=most, decisions=wishes), reason, attempts=attempts)
    wanted = wishes.get(reason) or consequence_of(reason).decision
    if attempts < most:
        assert decision is wanted
    else:
        assert decision in {Decision.RETURN, Decision.HOLD}


def test_an_unknown_reason_is_told_its_kin() -> None:
    """Who asks for a cause that a party does not have is told those that it has."""
    assert reason_of("recipient.absent") is FailureReason.RECIPIENT_ABSENT
    with pytest.raises(ReasonUnknown) as refusal:
        reason_of("point.shut")
    assert refusal.value.facts["known"] == "point.full, point.closed, point.fault"


@pytest.mark.parametrize(
    ("code", "words"),
    [("", {"es": "x"}), ("Dog", {"es": "x"}), ("a b", {"es": "x"}), ("dog", {}), ("dog", {"es": " "})],
)
def test_a_code_has_a_form_and_words(code: str, words: dict[Locale, str]) -> None:
    """A code of one's own is short, in lower case, and says something in some language."""
    with pytest.raises(BadReasonCode):
        SubReason(code=code, under=FailureReason.OTHER_REVIEW, words=words)


def test_a_code_speaks_what_it_can() -> None:
    """A code without words in a language is said in the first that it has."""
    dog = SubReason(code="dog", under=FailureReason.RECIPIENT_NO_ACCESS, words={"es": "perro", "en": "dog"})
    assert (dog.says("en"), dog.says("pt")) == ("dog", "perro")
