"""The names of the rules that random instances mix, and which of them the search knows."""

from typing import Final

# one line each: whoever adds a rule to the search moves its line up from NOT_YET
SEARCHED: Final = frozenset(
    {
        "batteries",
        "breaks",
        "depots",
        "driving_hours",
        "exclusions",
        "fair",
        "frozen",
        "groups",
        "islands",
        "latest",
        "loads",
        "max_clients",
        "max_duration",
        "one_way_streets",
        "open_ends",
        "overtime",
        "paid_time",
        "pairs",
        "pickups",
        "planar",
        "preference",
        "prizes",
        "profiles",
        "published",
        "releases",
        "service_percent",
        "setups",
        "several_windows",
        "shared_doors",
        "shifts",
        "skills",
        "slots",
        "soft_windows",
        "sprawl",
        "trips",
        "windows",
        "zones",
    }
)
NOT_YET: Final[frozenset[str]] = frozenset()
ALL: Final = SEARCHED | NOT_YET
