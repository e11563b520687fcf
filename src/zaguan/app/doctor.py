"""What is wrong with this installation, and how to mend it: one finding after the other, none of them changes anything.

The database in the data folder is started for the look, and stopped after it unless others use it.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Final
from urllib.parse import unquote

import sqlalchemy as sa

from zaguan.app.migrations.runner import newest_revision, refuse_unknown_revision, revision_of
from zaguan.app.schema import all_tables
from zaguan.app.storage import is_begun, reached_database
from zaguan.base.kit.clock import Clock
from zaguan.base.kit.database import Database
from zaguan.base.kit.errors import ZaguanError
from zaguan.base.kit.settings import Settings, read_settings, unknown_names
from zaguan.base.kit.wall import OWN_POLICY, SYSTEM_POLICY, walled
from zaguan.base.kit.words import Locale, has_words, say
from zaguan.engines.roads.region import open_region

LITTLE_DISK_BYTES: Final = 2 << 30
NO_DISK_BYTES: Final = 256 << 20
MOST_SKEW: Final = timedelta(seconds=5)
_GIGABYTE: Final = 1_000_000_000
_BEHIND_THE_WALL: Final = sa.text("""
    SELECT relname FROM pg_class
    WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity
      AND (SELECT array_agg(polname::text) @> ARRAY[:own, :system] FROM pg_policy WHERE polrelid = pg_class.oid)
""")


class State(StrEnum):
    """How grave a finding is."""

    WELL = "well"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one look found: a key of the words with its facts, or what was refused."""

    check: str
    state: State
    code: str
    facts: Mapping[str, object]
    refusal: ZaguanError | None = None

    def message(self, locale: Locale | None = None) -> str:
        """Say what was found."""
        return self.refusal.message(locale) if self.refusal is not None else say(self.code, locale, **self.facts)

    def hint(self, locale: Locale | None = None) -> str | None:
        """Say how to mend it, where something is to be mended."""
        if self.refusal is not None:
            return self.refusal.hint(locale)
        key = f"{self.code}.hint"
        return say(key, locale, **self.facts) if has_words(key, locale) else None


def examine(environ: Mapping[str, str], clock: Clock) -> Iterator[Finding]:
    """Yield what is found, in the order in which things stand on each other."""
    try:
        settings = read_settings(environ)
    except ZaguanError as refusal:
        yield _refused("settings", refusal)
        return
    yield from _look_at_settings(settings, environ)
    yield from _look_at_folder(settings.data_dir)
    yield from _look_at_database(settings, clock)
    yield from _look_at_region(settings)


def _look_at_settings(settings: Settings, environ: Mapping[str, str]) -> Iterator[Finding]:
    strange = unknown_names(environ)
    for name, near in strange.items():
        yield _found("settings", State.WARNING, "unknown_near" if near else "unknown", name=name, near=near)
    if not strange:
        yield _found("settings", State.WELL, "well", file=settings.settings_file)


def _look_at_folder(folder: Path) -> Iterator[Finding]:
    if not folder.exists():
        yield _found("folder", State.WARNING, "missing", folder=folder)
        folder = next(parent for parent in folder.parents if parent.exists())
    elif not folder.is_dir() or not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        yield _found("folder", State.FAILED, "closed", folder=folder)
    elif folder.stat().st_mode & 0o007:
        yield _found("folder", State.WARNING, "open", folder=folder)
    else:
        yield _found("folder", State.WELL, "well", folder=folder)
    free = shutil.disk_usage(folder).free
    state = State.FAILED if free < NO_DISK_BYTES else State.WARNING if free < LITTLE_DISK_BYTES else State.WELL
    result = "well" if state is State.WELL else "little"
    yield _found("disk", state, result, free_gb=f"{free / _GIGABYTE:.1f}", folder=folder)


def _look_at_database(settings: Settings, clock: Clock) -> Iterator[Finding]:
    if not is_begun(settings):
        yield _found("database", State.WARNING, "none", folder=settings.data_dir)
        return
    with ExitStack() as stack:
        try:
            url = stack.enter_context(reached_database(settings))
            revision = revision_of(url)
        except ZaguanError as refusal:
            yield _refused("database", refusal)
            return
        place = url.set(drivername="postgresql").render_as_string(hide_password=True)
        yield _found("database", State.WELL, "well", place=unquote(place))
        if revision is None:
            yield _found("migrations", State.WARNING, "empty")
            return
        try:
            refuse_unknown_revision(revision)
            database = stack.enter_context(Database(url, pool_size=1))
            yield _migrations(revision)
            yield from _look_inside(database, clock, current=revision == newest_revision())
        except ZaguanError as refusal:
            yield _refused("migrations", refusal)


def _migrations(revision: str) -> Finding:
    newest = newest_revision()
    state, result = (State.WELL, "well") if revision == newest else (State.WARNING, "pending")
    return _found("migrations", state, result, revision=revision, newest=newest)


def _look_inside(database: Database, clock: Clock, *, current: bool) -> Iterator[Finding]:
    with database.system_session() as session:
        if current:
            names = {"own": OWN_POLICY, "system": SYSTEM_POLICY}
            bare = set(walled(all_tables())) - set(session.scalars(_BEHIND_THE_WALL, names))
            state, result = (State.FAILED, "bare") if bare else (State.WELL, "well")
            yield _found("wall", state, result, tables=", ".join(sorted(bare)))
        theirs = session.scalars(sa.text("SELECT clock_timestamp()")).one()
        newest = session.scalar(sa.text("SELECT max(recorded_at) FROM journal")) if current else None
    yield _clock(clock.now(), theirs, newest)


def _clock(ours: datetime, theirs: datetime, newest: datetime | None) -> Finding:
    """Compare our clock with the database's, and with the newest thing that was recorded."""
    skew = abs(ours - theirs)
    if skew > MOST_SKEW:
        return _found("clock", State.FAILED, "skewed", seconds=f"{skew.total_seconds():.0f}")
    if newest is not None and newest - ours > MOST_SKEW:
        return _found("clock", State.FAILED, "behind", newest=newest.isoformat(timespec="seconds"))
    return _found("clock", State.WELL, "well", now=ours.isoformat(timespec="seconds"))


def _look_at_region(settings: Settings) -> Iterator[Finding]:
    if settings.region is None:
        yield _found("region", State.WARNING, "none")
        return
    try:
        region = open_region(settings.region)
    except ZaguanError as refusal:
        yield _refused("region", refusal)
    else:
        yield _found("region", State.WELL, "well", name=region.name, folder=region.folder)


def _found(check: str, state: State, result: str, **facts: object) -> Finding:
    return Finding(check=check, state=state, code=f"doctor.{check}.{result}", facts=facts)


def _refused(check: str, refusal: ZaguanError) -> Finding:
    return Finding(check=check, state=State.FAILED, code=refusal.code, facts=refusal.facts, refusal=refusal)
