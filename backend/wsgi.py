"""Pages and API for threaded servers (production: granian). What is ready for everybody is answered in front of Django."""

import os

from django.core.wsgi import get_wsgi_application

from backend.cores import OnOneCore
from backend.without import go_without
from leaderboards.computing import stay_light

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

stay_light()
go_without()
pages = get_wsgi_application()  # loads the apps, so it comes before anything that needs models

from backend.front import FrontDoor  # noqa: E402 -- knows models

application = OnOneCore(FrontDoor(pages))
