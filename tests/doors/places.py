"""A small application of invented rooms, to try the frame by itself."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

import httpx
from fastapi import APIRouter, FastAPI, Header
from prometheus_client import CollectorRegistry
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.routing import Route

from zaguan.base.kit.errors import Kind, ZaguanError
from zaguan.doors.frame.application import Frame, make_application
from zaguan.doors.frame.documents import problems
from zaguan.doors.frame.reading import StrictRoute
from zaguan.doors.frame.refusals import TooManyRequests
from zaguan.doors.frame.threshold import Figures

KEY = b"a key of the tests, thirty-two b"


class PointIn(BaseModel):
    """A point as a caller writes it."""

    model_config = ConfigDict(extra="forbid")

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]


class PlaceIn(BaseModel):
    """A place as a caller writes it."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(min_length=1, max_length=20)]
    point: PointIn | None = None
    seen_at: AwareDatetime | None = None
    floors: Annotated[int, Field(ge=0, le=200)] = 0


class PlaceMissing(ZaguanError):
    """A refusal of a room, with words that exist."""

    kind = Kind.NOT_FOUND
    code = "door.status_404"


def place_routes(route_class: type[StrictRoute] = StrictRoute) -> APIRouter:
    """Return routes that do nothing but read."""
    router = APIRouter(prefix="/places", route_class=route_class, responses=problems(404))

    @router.post("", status_code=201)
    def create_place(body: PlaceIn) -> dict[str, str]:
        return {"name": body.name}

    @router.get("/{place_id}")
    def get_place(place_id: UUID, limit: Annotated[int, Field(ge=1, le=1000)] = 1) -> dict[str, str]:
        assert place_id.version
        assert limit
        raise PlaceMissing

    @router.delete("/{place_id}")
    def delete_place(place_id: str) -> dict[str, str]:
        raise RuntimeError(f"a fault of ours with {place_id}")

    @router.get("")
    def list_places(caller: Annotated[str, Header()] = "") -> dict[str, str]:
        assert caller is not None
        raise TooManyRequests(retry_after_s=7)

    return router


def an_application(routers: Sequence[APIRouter] = (), streams: Sequence[Route] = (), **frame: object) -> FastAPI:
    """Return an application with these routes, or the routes of the places."""
    registry = CollectorRegistry()
    facts = {"title": "Places", "version": "1", "description": "", "registry": registry, "figures": Figures(registry)}
    return make_application(
        Frame(**{**facts, **frame}),  # type: ignore[arg-type]
        routers or [place_routes()],
        streams=streams,
        state={},
    )


class Caller:
    """Somebody who calls an application, one request after the other; a fault of ours is an answer, as on the wire."""

    def __init__(self, app: FastAPI, **headers: str) -> None:
        self._app, self._headers = app, {name.replace("_", "-"): value for name, value in headers.items()}

    def request(self, method: str, path: str, **rest: Any) -> httpx.Response:
        """Ask, and return the answer."""

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self._app, raise_app_exceptions=False)
            async with httpx.AsyncClient(
                transport=transport, base_url="http://zaguan.test", headers=self._headers
            ) as line:
                return await line.request(method, path, **rest)

        return asyncio.run(ask())

    def get(self, path: str, **rest: Any) -> httpx.Response:
        """Read."""
        return self.request("GET", path, **rest)

    def post(self, path: str, **rest: Any) -> httpx.Response:
        """Act."""
        return self.request("POST", path, **rest)

    def put(self, path: str, **rest: Any) -> httpx.Response:
        """Put in place."""
        return self.request("PUT", path, **rest)

    def patch(self, path: str, **rest: Any) -> httpx.Response:
        """Change."""
        return self.request("PATCH", path, **rest)

    def delete(self, path: str, **rest: Any) -> httpx.Response:
        """Remove."""
        return self.request("DELETE", path, **rest)


def a_caller(app: FastAPI | None = None) -> Caller:
    """Return somebody who speaks English."""
    return Caller(app or an_application(), Accept_Language="en")
