"""The bus between processes, on a real database."""

import psycopg
import sqlalchemy as sa

from zaguan.adapters.bus.hub import News, Subscription
from zaguan.adapters.bus.postgres import CHANNEL, PostgresBus
from zaguan.base.kit.database import Database

LONG_S = 20.0


def taken(following: Subscription, count: int) -> list[News]:
    """Take until so many pieces of news have come."""
    found: list[News] = []
    while len(found) < count:
        batch = following.take(timeout_s=LONG_S)
        assert batch, f"only {len(found)} of {count} came"
        found += batch
    return found


def test_news_reaches_the_other_process_once(own_database: Database) -> None:
    """What one bus tells, the other hears once and in order; the teller hears it at once, and only once."""
    with PostgresBus(own_database.url) as one, PostgresBus(own_database.url) as other:
        assert one.wait_until_listening(LONG_S)
        assert other.wait_until_listening(LONG_S)
        with one.follow(["a"]) as near, other.follow(["a"]) as far:
            told = [News(f"a.{number % 7}", f"ñ{number}".encode()) for number in range(3_000)]
            for news in told:
                one.publish(news.subject, news.message)
            assert near.take() == told
            assert taken(far, len(told)) == told
            other.publish("a.back")
            assert taken(near, 1) == [News("a.back", b"")]


def test_after_a_broken_connection_followers_are_told(own_database: Database) -> None:
    """When the listening connection breaks, the bus listens again, and followers learn that they may have missed."""
    with PostgresBus(own_database.url) as one, PostgresBus(own_database.url) as other:
        assert one.wait_until_listening(LONG_S)
        assert other.wait_until_listening(LONG_S)
        with other.follow(["a"]) as following:
            with own_database.engine.connect() as connection:
                connection.exec_driver_sql("SET ROLE NONE")
                connection.execute(
                    sa.text(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                )
            while not following.missed():
                following.take(timeout_s=LONG_S)
            one.publish("a", b"again")
            assert taken(following, 1)[-1].message == b"again"


def test_a_ring_is_heard_once_however_often_it_is_rung(own_database: Database) -> None:
    """Rings of one flush become one NOTIFY on the channel that was named."""
    url = own_database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute("LISTEN elsewhere")
        with PostgresBus(own_database.url) as bus:
            for _ in range(100):
                bus.ring("elsewhere", "wake")
        heard = list(listener.notifies(timeout=0.5))
    assert 1 <= len(heard) <= 5
    assert {one.payload for one in heard} == {"wake"}


def test_a_closing_bus_sends_what_waits(own_database: Database) -> None:
    """News that was told just before the end is sent."""
    url = own_database.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute(f"LISTEN {CHANNEL}")
        with PostgresBus(own_database.url) as bus:
            bus.publish("a", b"last")
        (heard,) = listener.notifies(timeout=LONG_S, stop_after=1)
        assert heard.payload.endswith('[["a","last"]]]')
