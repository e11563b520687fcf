"""What can be set of the sending of webhooks."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSettings:
    """How long a receiver may take, and whether it may stand in a private network."""

    private_allowed: bool = False
    seconds: float = 20.0  # of one try, from the look-up of the name to the status of the answer
