"""Only what the view needs; connections are kept, which Django does not do unless told."""

import os

import environ

SECRET_KEY = "of no use"  # noqa: S105 -- nothing is signed with it
DEBUG = False
ALLOWED_HOSTS = ["127.0.0.1"]
ROOT_URLCONF = "bench.plain_django.urls"
INSTALLED_APPS = ["bench.plain_django"]
MIDDLEWARE = ["django.middleware.security.SecurityMiddleware", "django.middleware.common.CommonMiddleware"]
DATABASES = {"default": {**environ.Env.db_url_config(os.environ["DATABASE_URL"]), "CONN_MAX_AGE": None}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
