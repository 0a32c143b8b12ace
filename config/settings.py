"""The settings of every deployment: what differs between machines is read from the environment."""

from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from members.languages import CURATED_LANGUAGES, INTERFACE_LANGUAGES, PSEUDO_LANGUAGE, autonym

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
for file in (BASE_DIR / ".env", BASE_DIR / "var" / "demo.env"):  # the second while `make demo` runs
    if file.exists():
        env.read_env(file)

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
TESTING = env.bool("TESTING", False)
PRODUCTION = not (DEBUG or DEMO or TESTING)

SECRET_KEY = env.str("SECRET_KEY", "")
if len(SECRET_KEY) < 50:
    raise ImproperlyConfigured(
        "SECRET_KEY is missing or shorter than 50 characters: set it in the environment (.env.example says how)."
    )
SITE_URL = env.str("SITE_URL", "http://localhost:8000").strip().rstrip("/")
SOURCE_URL = env.str("SOURCE_URL", "")  # where the source of this very version is offered (AGPL)
SECURE_PROXY = env.bool("SECURE_PROXY", False)
if not PRODUCTION and (SECURE_PROXY or urlsplit(SITE_URL).scheme == "https"):
    raise ImproperlyConfigured(
        "DEMO, TESTING and DEBUG open doors that a real site keeps shut (the demo lets anyone sign in "
        "as anyone): they refuse to start with production settings (SECURE_PROXY or an https SITE_URL)."
    )
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[urlsplit(SITE_URL).hostname or "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "modeltranslation",
    "config.admin.ReferenceAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.mediawiki",
    "allauth.mfa",
    "csp",
    "django_htmx",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "rest_framework",
    "audit",
    "jobs",
    "members",
    "texts",
    "principles",
    "hubs",
    "proposals",
    "voting",
    "allocation",
    "oversight",
    "pages",
    "config",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "members.middleware.ReaderLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "members.middleware.PrivatePagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "members.middleware.DeclaredRouteMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "members.templatetags.wording",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.context.site",
            ],
        },
    }
]

DATABASES = {"default": env.db_url("DATABASE_URL")}
if env.str("DATABASE_OWNER_URL", ""):
    DATABASES["owner"] = env.db_url("DATABASE_OWNER_URL")
DATABASES["default"]["CONN_MAX_AGE"] = 60
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ATOMIC_REQUESTS = False  # each action is one transaction of its own

REDIS_URL = env.str("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "config.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "cp",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

AUTH_USER_MODEL = "members.Member"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = reverse_lazy("account_login")
LOGIN_REDIRECT_URL = reverse_lazy("pages:home")
ACCOUNT_ADAPTER = "members.adapters.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "members.forms.SignupForm"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_CONFIRM_EMAIL_ON_GET = False
ACCOUNT_LOGOUT_REDIRECT_URL = reverse_lazy("pages:home")
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if SECURE_PROXY else 0  # rate limits count people, not the proxy
ACCOUNT_DEFAULT_HTTP_PROTOCOL = urlsplit(SITE_URL).scheme
SOCIALACCOUNT_ADAPTER = "members.adapters.SocialAccountAdapter"
WIKIMEDIA_REST_API = env.str("WIKIMEDIA_REST_API", "https://meta.wikimedia.org/w/rest.php")
WIKIMEDIA_APP = {
    "client_id": env.str("WIKIMEDIA_CLIENT_ID", ""),
    "secret": env.str("WIKIMEDIA_CLIENT_SECRET", ""),
}
SOCIALACCOUNT_PROVIDERS = {
    "mediawiki": {
        "USER_AGENT": f"Commonpurse ({SITE_URL})",
        "REST_API": WIKIMEDIA_REST_API,
        "APPS": [WIKIMEDIA_APP] if WIKIMEDIA_APP["client_id"] else [],
    }
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = (
    not PRODUCTION
)  # a browser allows passkeys on http://localhost only

LANGUAGE_CODE = "en"
LANGUAGES = [(code, autonym(code)) for code in INTERFACE_LANGUAGES]
LOCALE_PATHS = [BASE_DIR / "locale"]
if TESTING:
    LANGUAGES.append((PSEUDO_LANGUAGE, "Pseudo"))
    LOCALE_PATHS.append(BASE_DIR / "var" / "pseudo-locale")
MODELTRANSLATION_DEFAULT_LANGUAGE = "en"
MODELTRANSLATION_LANGUAGES = CURATED_LANGUAGES
MODELTRANSLATION_FALLBACK_LANGUAGES: dict[str, tuple[str, ...]] = {
    "default": ()
}  # no forced English: hubs.queries reads by the reader's chain
LANGUAGE_COOKIE_SAMESITE = "Lax"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

FILE_UPLOAD_HANDLERS = [
    "config.uploads.SizeGuard",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.npm.NpmFinder",
]
NPM_ROOT = BASE_DIR / "node_modules"
NPM_FILES = {
    "codex/tokens.css": "@wikimedia/codex-design-tokens/dist/theme-wikimedia-ui.css",
    "codex/tokens-dark.css": "@wikimedia/codex-design-tokens/dist/theme-wikimedia-ui-mode-dark.css",
    "codex/codex.css": "@wikimedia/codex/dist/codex.style-bidi.css",
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION  # outside production nothing has to be collected first

# One key per election, outside the database: what joins a member to a pseudonym.
KEYS_DIR = Path(env.str("KEYS_DIR", "") or BASE_DIR / "var" / "keys")

# What people upload; none of it is served yet.
MEDIA_ROOT = Path(env.str("MEDIA_DIR", "") or BASE_DIR / "var" / "media")
# What was published of each election. Outside the database, so that a restored one is held to it.
BOARD_DIR = Path(env.str("BOARD_DIR", "") or BASE_DIR / "var" / "board")
# Two places, because whoever holds the database and the keys can tell who voted how.
BACKUP_DIR = Path(env.str("BACKUP_DIR", "") or BASE_DIR / "var" / "backups")
BACKUP_KEYS_DIR = Path(env.str("BACKUP_KEYS_DIR", "") or BASE_DIR / "var" / "backups-of-keys")

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Commonpurse <no-reply@localhost>")
EMAIL_TIMEOUT = 20  # seconds: a mail server that stalls must not hold a worker
MAIL_DIR = BASE_DIR / "var" / "mail"
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = str(MAIL_DIR)
else:
    vars().update(env.email_url("EMAIL_URL", default="smtp://localhost:25"))

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        # A browser holds the redirect after a form to this too: signing in with Wikimedia is one.
        "form-action": ["'self'", "{0.scheme}://{0.netloc}".format(urlsplit(WIKIMEDIA_REST_API))],
        "frame-ancestors": ["'none'"],
    }
}
SECURE_SSL_REDIRECT = PRODUCTION
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = PRODUCTION
SECURE_REDIRECT_EXEMPT = ["^health/"]
if SECURE_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["members.access.Permitted"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "config.pagination.Pages",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_VERSIONING_CLASS": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Commonpurse",
    "DESCRIPTION": _(
        "What the pages show, for programs: the same actions, permissions and visibility."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    # Pools, proposals and elections name their kind of resource by different fields.
    "ENUM_NAME_OVERRIDES": {
        "ResourceKindEnum": "hubs.models.ResourceKind.choices",
        "LaneKindEnum": "hubs.models.LaneKind.choices",
    },
}

LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
