"""Who can sign in to the demo. The password is printed when it starts: such accounts are for a machine of one's own."""

from typing import Any, NamedTuple

PASSWORD = "demo"  # noqa: S105 -- known to everybody, on purpose


class SignIn(NamedTuple):
    """Somebody the demo knows; shown when it is ready."""

    email: str
    password: str
    does: str
    name: str = ""


SIGN_INS: tuple[SignIn, ...] = (
    SignIn("olga@example.org", PASSWORD, "organizes", "Olga Ferreira"),
    SignIn("judith@example.org", PASSWORD, "judges", "Judith Okafor"),
    SignIn("ada@example.org", PASSWORD, "plays, handed in", "Ada Njoroge"),
    SignIn("ben@example.org", PASSWORD, "plays, has a draft", "Ben Almeida"),
    SignIn("sam@example.org", PASSWORD, "sponsors", "Sam Okello"),
    SignIn("eve@example.org", PASSWORD, "looks on", "Eve Larsen"),
)


def known_people() -> dict[str, Any]:
    """The accounts by first name, made if they are missing; none where somebody else's accounts are already."""
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415 -- models need settings first
    from django.utils.timezone import now  # noqa: PLC0415 -- same

    from backend.accounts.models import User  # noqa: PLC0415 -- same

    emails = [one.email for one in SIGN_INS]
    there = {one.email: one for one in User.objects.filter(email__in=emails)}
    if not there and User.objects.exists():
        return {}
    secret = make_password(PASSWORD)
    for one in SIGN_INS:
        if one.email not in there:
            user = User(email=one.email, name=one.name, password=secret, email_confirmed_at=now())
            user.may_launch = one.does == "organizes"
            user.save()
            there[one.email] = user
    return {email.partition("@")[0]: user for email, user in there.items()}
