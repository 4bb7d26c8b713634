"""Files of entries: how much a group may keep, and how a file is called where nobody must know whose it is."""

from typing import Final

from games.playbooks.files import extension_of

GROUP_QUOTA: Final = 1024 * 1024 * 1024  # bytes of all uploads of one group


def blind_name(field: str, name: str) -> str:
    """What judges see of a file in a blind round: the field's key and the ending."""
    ending = extension_of(name)
    return f"{field}.{ending}" if ending else field
