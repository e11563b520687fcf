"""The names of the rules that random instances mix, and which of them the search knows."""

from typing import Final

# one line each: whoever adds a rule to the search moves its line up from NOT_YET
SEARCHED: Final = frozenset(
    {
        "breaks",
        "depots",
        "driving_hours",
        "exclusions",
        "islands",
        "loads",
        "max_clients",
        "max_duration",
        "one_way_streets",
        "open_ends",
        "overtime",
        "pairs",
        "paid_time",
        "pickups",
        "preference",
        "prizes",
        "profiles",
        "setups",
        "several_windows",
        "shared_doors",
        "shifts",
        "skills",
        "slots",
        "soft_windows",
        "windows",
    }
)
NOT_YET: Final = frozenset(
    {
        "batteries",
        "fair",
        "frozen",
        "groups",
        "latest",
        "planar",
        "published",
        "releases",
        "service_percent",
        "sprawl",
        "trips",
        "zones",
    }
)
ALL: Final = SEARCHED | NOT_YET
