"""Readers for environment variables. A wrong value ends the start with one sentence: variable, value, what was expected."""

import base64
import os
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

TRUE = frozenset({"1", "true", "yes", "on"})
FALSE = frozenset({"0", "false", "no", "off", ""})


class SettingError(SystemExit):
    """A setting that cannot be used. Uncaught, it ends the process with its one sentence and exit code 1."""

    def __init__(self, name: str, value: str | None, expected: str) -> None:
        found = "is not set" if value is None else f"is {value!r}"
        super().__init__(f"{name} {found}; expected {expected}.")


def env_str(name: str, default: str = "", *, choices: frozenset[str] | None = None) -> str:
    value = os.environ.get(name, default).strip()
    if choices is not None and value not in choices:
        raise SettingError(name, value, f"one of {', '.join(sorted(choices))}")
    return value


def env_bool(name: str, *, default: bool = False) -> bool:
    value = os.environ.get(name)
    if value is None:
        return default
    if value.strip().lower() in TRUE:
        return True
    if value.strip().lower() in FALSE:
        return False
    raise SettingError(name, value, "yes or no (also 1, 0, true, false, on, off)")


def env_int(name: str, default: int, *, least: int = 0, most: int = 2**31 - 1) -> int:
    value = os.environ.get(name)
    if value is None:
        return default
    try:
        number = int(value)
    except ValueError:
        number = least - 1
    if not least <= number <= most:
        raise SettingError(name, value, f"a whole number from {least} to {most}")
    return number


def env_list(name: str, default: str = "") -> list[str]:
    """Comma-separated words; blanks are dropped."""
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def env_secret(name: str, default: str = "") -> str:
    """The variable itself, or the content of the file that ``<name>_FILE`` names (Docker and Kubernetes secrets)."""
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return os.environ.get(name, "").strip() or default
    if os.environ.get(name):
        raise SettingError(f"{name}_FILE", path, f"only one of {name} and {name}_FILE to be set")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise SettingError(f"{name}_FILE", path, "the path of a readable text file") from None


def env_seed(name: str) -> str:
    """32 secret bytes in base64url, as `./run signing-key` prints them; empty when it is not set. Also from ``<name>_FILE``."""
    value = env_secret(name).rstrip("=")
    try:
        length = len(base64.b64decode(value + "=" * (-len(value) % 4), altchars=b"-_", validate=True))
    except ValueError:
        length = -1
    if value and length != 32:  # noqa: PLR2004 -- an Ed25519 private key
        raise SettingError(name, "(not shown)", "32 random bytes in base64url: ./run signing-key prints some")
    return value


def env_url(name: str, default: str, *, schemes: frozenset[str]) -> str:
    """A URL with one of the schemes; also from ``<name>_FILE``. A password in it is never repeated in the error."""
    value = env_secret(name, default)
    try:
        parts = urlsplit(value)
        _ = parts.port  # raises when it is no number
        usable = parts.scheme in schemes
    except ValueError:
        usable = False
    if not usable:
        raise SettingError(
            name, without_password(value), f"a URL that starts with {' or '.join(f'{s}://' for s in sorted(schemes))}"
        )
    return value


def without_password(url: str) -> str:
    """The URL with its password blanked, fit for an error message or a log."""
    try:
        parts = urlsplit(url)
        password = parts.password
    except ValueError:
        return "(not shown)"
    if password is None:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{password}@", ":...@")))
