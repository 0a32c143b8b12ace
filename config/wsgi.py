"""What the web server serves."""

import logging
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.safety import refuse_unsafe_keys, refuse_unsafe_servers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

application = get_wsgi_application()

if settings.PRODUCTION:
    for warning in [*refuse_unsafe_keys(settings.KEYS_DIR), *refuse_unsafe_servers()]:
        logging.getLogger(__name__).warning(warning)
