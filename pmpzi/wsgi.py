"""What the server imports: ``pmpzi.wsgi:application``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pmpzi.settings")

application = get_wsgi_application()
