"""What organizers tell people and what one was told oneself, over the API. Mounted by the backend."""

from games.notices.api.announcements import Announcements, Announcing, Reminding
from games.notices.api.own import Notices

__all__ = ["Announcements", "Announcing", "Notices", "Reminding"]
