"""Settings of Django for a workbench on one machine: no database, no accounts, nothing signed."""

from pathlib import Path

from django.conf import locale

from quittance.record.receipt import MAX_RECEIPT_BYTES
from quittance.web.uploads import MOST_BYTES

_HERE = Path(__file__).parent

# Django does not know Pashto: without these two the language middleware and the direction of the page fail.
locale.LANG_INFO["ps"] = {"bidi": True, "code": "ps", "name": "Pashto", "name_local": "پښتو"}
LANGUAGES_BIDI = ["ps"]
LANGUAGES = [("en", "English"), ("ps", "پښتو")]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [_HERE / "locale"]

DEBUG = False
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ROOT_URLCONF = "quittance.web.urls"
INSTALLED_APPS = ["quittance.web"]
DATABASES: dict[str, dict[str, str]] = {}
APPEND_SLASH = False

MIDDLEWARE = [
    "quittance.web.readonly.ReadOnly",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "quittance.web.readonly.CarefulErrors",
]
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "no-referrer"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [_HERE / "templates"],
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "quittance.web.templatetags.figures",
            ],
            "context_processors": ["django.template.context_processors.i18n", "quittance.web.desk.visiting"],
        },
    },
]
# What is posted stays in memory: a handler that wrote to a temporary file could leave somebody's evidence on the disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
FILE_UPLOAD_MAX_MEMORY_SIZE = MOST_BYTES
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_RECEIPT_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 24
DATA_UPLOAD_MAX_NUMBER_FILES = 1

STATIC_URL = "/static/"
STATIC_ROOT = _HERE / "static"

USE_TZ = True
TIME_ZONE = "UTC"
# That there was a fault, and where in the program, is printed; who looked at what, and whose name it was about, is not.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"careful": {"()": "quittance.web.faults.Careful"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "level": "ERROR", "formatter": "careful"}},
    "loggers": {"django": {"handlers": ["stderr"], "level": "ERROR", "propagate": False}},
}
