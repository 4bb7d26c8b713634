"""What organizers tell people, over the API. Mounted by the backend."""

from games.notices.api.announcements import Announcements, Announcing, Reminding

__all__ = ["Announcements", "Announcing", "Reminding"]
