"""What the OSRM adapter refuses, one class per broken rule."""

from typing import ClassVar

from zaguan.base.kit.errors import Kind, ZaguanError


class ToolMissing(ZaguanError):
    """The executable or profile `tool` is not in `folder`."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "osrm.tool_missing"


class ToolFailed(ZaguanError):
    """`tool` stopped with `status`; `lines` are the last that it wrote."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "osrm.tool_failed"


class NoRoadsForProfile(ZaguanError):
    """The extract at `path` has no roads that the `profile` may use."""

    code: ClassVar = "osrm.no_roads_for_profile"


class GraphMissing(ZaguanError):
    """There is no graph of the `profile` in `folder`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "osrm.graph_missing"


class MetricMissing(ZaguanError):
    """The graph of the `profile` in `folder` has no travel times of the `slot`."""

    kind: ClassVar = Kind.NOT_FOUND
    code: ClassVar = "osrm.metric_missing"


class ServerNotStarted(ZaguanError):
    """The local server of the graph in `folder` did not start; `lines` are the last that it wrote."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "osrm.server_not_started"


class ServerLost(ZaguanError):
    """The local server of the graph in `folder` was lost, started again and lost again; `lines` are its last."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "osrm.server_lost"


class OwnServerUnreachable(ZaguanError):
    """The user's own server at `url` does not answer, for a `reason`."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "osrm.own_server_unreachable"


class AnswerStrange(ZaguanError):
    """The server at `url` answered with `status` and `answer`, which no OSRM would."""

    kind: ClassVar = Kind.UNAVAILABLE
    code: ClassVar = "osrm.answer_strange"


class QuestionRefused(ZaguanError):
    """OSRM refused to answer, with its `answer` (a code such as NoRoute) and `reason`."""

    code: ClassVar = "osrm.question_refused"


class TooManyPoints(ZaguanError):
    """A matrix of `points` points was asked for; `most` is the bound."""

    code: ClassVar = "osrm.too_many_points"
