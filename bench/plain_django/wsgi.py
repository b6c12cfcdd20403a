"""Under WSGI, because Django's ASGI handler is slower: it runs a view like this in a thread."""

import os

from django.core.wsgi import get_wsgi_application

os.environ["DJANGO_SETTINGS_MODULE"] = "bench.plain_django.settings"
application = get_wsgi_application()
