from importlib import import_module

from django.apps import AppConfig


class WiringConfig(AppConfig):
    name = "undersign.config"
    label = "config"

    def ready(self) -> None:
        """Wire the packages together, now that their models can be imported."""
        import_module("undersign.config.wiring").wire()
