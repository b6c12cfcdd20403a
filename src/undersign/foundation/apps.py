from django.apps import AppConfig


class FoundationConfig(AppConfig):
    name = "undersign.foundation"
    label = "foundation"
