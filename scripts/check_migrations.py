"""Fail when a model and its migrations disagree. Needs no database."""

import os
import sys

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

OURS = "undersign."


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "undersign.config.settings")
    django.setup()
    loader = MigrationLoader(None)
    if conflicts := loader.detect_conflicts():
        sys.exit(f"Migrations branch and need a merge: {conflicts}")
    detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
    ours = {config.label for config in apps.get_app_configs() if config.name.startswith(OURS)}
    missing = [
        f"{label}: {operation.describe()}"
        for label, migrations in detector.changes(graph=loader.graph).items()
        if label in ours
        for migration in migrations
        for operation in migration.operations
    ]
    if missing:
        sys.exit("Models have changed without a migration:\n  " + "\n  ".join(missing))


if __name__ == "__main__":
    main()
