"""Pages and API for threaded servers (production: granian)."""

import os

from django.core.wsgi import get_wsgi_application

from leaderboards.computing import stay_light

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")

application = get_wsgi_application()
stay_light()
