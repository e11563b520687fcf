"""The hub: who follows what, and what happens to those who are slow."""

import threading

import pytest

from zaguan.adapters.bus import hub as hub_module
from zaguan.adapters.bus.hub import Hub, News, beginnings_of
from zaguan.adapters.bus.mapper import MAX_PAYLOAD, NewsTooLong, line_of, news_of, payloads_of


def test_a_follower_hears_its_subject_and_what_begins_with_it() -> None:
    """Who follows an organisation hears each of its vehicles, and none of another organisation."""
    hub = Hub()
    with hub.follow(["position.a"]) as all_of_a, hub.follow(["position.a.north.7"]) as one:
        for subject in ("position.a.north.7", "position.a.south.8", "position.ab.north.7"):
            hub.publish(subject, b"x")
        assert [news.subject for news in all_of_a.take()] == ["position.a.north.7", "position.a.south.8"]
        assert one.take() == [News("position.a.north.7", b"x")]
        assert one.take() == []


def test_who_wants_the_newest_gets_one_a_subject() -> None:
    """With `newest_only` a slow follower gets the last position of each vehicle, not all of them."""
    hub = Hub()
    with hub.follow(["position"], newest_only=True) as following:
        for message in (b"1", b"2", b"3"):
            hub.publish("position.van", message)
        hub.publish("position.bike", b"9")
        assert following.take() == [News("position.van", b"3"), News("position.bike", b"9")]


def test_who_is_too_slow_is_told_so() -> None:
    """When more waits than the bound, the oldest goes, and the follower learns once that it missed something."""
    hub = Hub()
    with hub.follow(["a"]) as following:
        for number in range(hub_module.MAX_WAITING + 2):
            hub.publish("a", str(number).encode())
        assert following.missed()
        assert not following.missed()
        taken = following.take()
        assert (taken[0].message, len(taken)) == (b"2", hub_module.MAX_WAITING)


def test_a_follower_is_woken_once_a_batch() -> None:
    """The wake is called when there is something after nothing, not for each piece."""
    hub, calls = Hub(), []
    with hub.follow(["a"], wake=lambda: calls.append(1)) as following:
        hub.publish("a")
        hub.publish("a")
        assert len(calls) == 1
        following.take()
        hub.publish("a")
        assert len(calls) == 2


def test_a_closed_subscription_ends_its_wait() -> None:
    """Who waits for news returns with nothing when the subscription is closed, and hears nothing any more."""
    hub = Hub()
    following = hub.follow(["a"])
    closer = threading.Timer(0.01, following.close)
    closer.start()
    assert following.take(timeout_s=None) == []
    closer.join()
    hub.publish("a")
    assert following.take() == []


def test_beginnings_of_a_subject() -> None:
    """A subject begins with each of its parts up to a dot, and with itself."""
    assert list(beginnings_of("a.b.c")) == ["a", "a.b", "a.b.c"]


@pytest.mark.parametrize("message", [b"", b"texto", '{"ñ": "\\u0000"}'.encode(), b"\xff\x00\xfe", b"a\x00b"])
def test_news_comes_out_as_it_went_in(message: bytes) -> None:
    """Text and any other bytes survive the way through a payload."""
    news = News("a.b", message)
    (payload,) = payloads_of([line_of(news)], origin="me", number=3)
    assert "\0" not in payload
    assert news_of(payload) == ("me", [news])


def test_payloads_stay_below_the_limit() -> None:
    """Any amount of news is packed into payloads that a NOTIFY carries, in order and complete."""
    told = [News("a", ("ñ" * (number % 900)).encode()) for number in range(500)]
    payloads = list(payloads_of(map(line_of, told), origin="0123456789abcdef", number=10**9))
    assert max(len(payload.encode()) for payload in payloads) <= MAX_PAYLOAD
    assert [news for payload in payloads for news in news_of(payload)[1]] == told
    assert len(set(payloads)) == len(payloads)


def test_news_that_is_too_long_is_refused() -> None:
    """A piece of news that fits no NOTIFY is refused where it is told."""
    with pytest.raises(NewsTooLong):
        line_of(News("a", b"x" * MAX_PAYLOAD))


@pytest.mark.parametrize("payload", ["", "[]", "3", '["a"]', '["a",1,[["b"]]]', '["a",1,[7]]', '["a",1,[["b",7]]]'])
def test_what_is_no_payload_is_refused(payload: str) -> None:
    """Whatever else comes over the channel is no news."""
    with pytest.raises(ValueError):
        news_of(payload)
