"""The project's settings, in a directory of the test run's own, and faster where that is not being tested."""

import os
import tempfile
from pathlib import Path

# Workers of one run share the directory: they inherit the variable.
if "UNDERSIGN_TEST_DIR" not in os.environ:
    os.environ["UNDERSIGN_TEST_DIR"] = tempfile.mkdtemp(prefix="undersign-tests-")
os.environ["UNDERSIGN_DATA_DIR"] = os.environ["UNDERSIGN_TEST_DIR"]
os.environ["UNDERSIGN_KEYS_FILE"] = str(Path(os.environ["UNDERSIGN_TEST_DIR"]) / "keys.json")

from undersign.config.settings import *  # noqa: F403

SECRET_KEY = "only for tests"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
