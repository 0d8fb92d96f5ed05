"""The web process: pages, REST and admin."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradeplat.settings")

application = get_wsgi_application()
