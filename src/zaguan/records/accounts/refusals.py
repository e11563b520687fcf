"""What accounts refuse: one class per broken rule."""

from zaguan.base.kit.errors import Kind, ZaguanError


class BadName(ZaguanError):
    """A name is empty, too long or has signs that cannot be shown."""

    code = "accounts.bad_name"


class BadEmail(ZaguanError):
    """No e-mail address."""

    code = "accounts.bad_email"


class EmailTaken(ZaguanError):
    """Another user signs in with that e-mail address."""

    kind = Kind.CONFLICT
    code = "accounts.email_taken"


class BadPassword(ZaguanError):
    """A new password that would be guessed."""

    code = "accounts.bad_password"


class BadLocale(ZaguanError):
    """A language that we do not speak."""

    code = "accounts.bad_locale"


class BadTimeZone(ZaguanError):
    """No time zone of the IANA database."""

    code = "accounts.bad_time_zone"


class BadCurrency(ZaguanError):
    """No code of a currency."""

    code = "accounts.bad_currency"


class BadLife(ZaguanError):
    """A credential would live for no time, or for too long."""

    code = "accounts.bad_life"


class OrganisationTaken(ZaguanError):
    """Another organisation has that name."""

    kind = Kind.CONFLICT
    code = "accounts.organisation_taken"


class OrganisationNotFound(ZaguanError):
    """There is no such organisation."""

    kind = Kind.NOT_FOUND
    code = "accounts.organisation_not_found"


class OrganisationUnclear(ZaguanError):
    """There are several organisations and none was named."""

    code = "accounts.organisation_unclear"


class UserNotFound(ZaguanError):
    """There is no such user."""

    kind = Kind.NOT_FOUND
    code = "accounts.user_not_found"


class LastAdmin(ZaguanError):
    """The organisation would be left without an admin who can sign in."""

    kind = Kind.CONFLICT
    code = "accounts.last_admin"


class ScopeMissing(ZaguanError):
    """A role needs to know whose records it sees."""

    code = "accounts.scope_missing"


class ScopeUnfit(ZaguanError):
    """A role does not know such a scope."""

    code = "accounts.scope_unfit"


class NotPermitted(ZaguanError):
    """Who asks is known, and may not do that."""

    kind = Kind.FORBIDDEN
    code = "accounts.not_permitted"


class WrongCredentials(ZaguanError):
    """E-mail, password or code are wrong; it is never said which."""

    kind = Kind.UNKNOWN_CALLER
    code = "accounts.wrong_credentials"


class CodeNeeded(ZaguanError):
    """The password is right, the code of the second factor is still to come."""

    kind = Kind.UNKNOWN_CALLER
    code = "accounts.code_needed"


class WrongCode(ZaguanError):
    """A code of the second factor is wrong, over or used."""

    code = "accounts.wrong_code"


class TotpNotBegun(ZaguanError):
    """A second factor is confirmed that nobody began to set up."""

    kind = Kind.CONFLICT
    code = "accounts.totp_not_begun"


class TotpConfirmed(ZaguanError):
    """The second factor is set up already."""

    kind = Kind.CONFLICT
    code = "accounts.totp_confirmed"


class TooManyTries(ZaguanError):
    """Too many wrong tries in a short time."""

    kind = Kind.TOO_MANY
    code = "accounts.too_many_tries"


class NotSignedIn(ZaguanError):
    """No session, key or device that is known and still good."""

    kind = Kind.UNKNOWN_CALLER
    code = "accounts.not_signed_in"


class KeyNotFound(ZaguanError):
    """There is no such API key."""

    kind = Kind.NOT_FOUND
    code = "accounts.key_not_found"


class NotGrantable(ZaguanError):
    """A permission that no API key may hold."""

    kind = Kind.FORBIDDEN
    code = "accounts.not_grantable"


class NothingGranted(ZaguanError):
    """An API key that could do nothing."""

    code = "accounts.nothing_granted"


class DeviceNotFound(ZaguanError):
    """There is no such device."""

    kind = Kind.NOT_FOUND
    code = "accounts.device_not_found"


class LinkSpent(ZaguanError):
    """The link that binds a phone is unknown, used, revoked or over: all answer alike."""

    kind = Kind.GONE
    code = "accounts.link_spent"


class TrackingGone(ZaguanError):
    """A tracking link is unknown, malformed, revoked or over: all answer alike."""

    kind = Kind.GONE
    code = "accounts.tracking_gone"


class BadCursor(ZaguanError):
    """No cursor that a page of ours gave."""

    code = "accounts.bad_cursor"
