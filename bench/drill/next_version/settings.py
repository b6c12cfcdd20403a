"""The settings of a next version: the same, and a migration more."""

from undersign.config.settings import *  # noqa: F403
from undersign.config.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "bench.drill.next_version"]
