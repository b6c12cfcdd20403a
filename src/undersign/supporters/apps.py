from django.apps import AppConfig


class SupportersConfig(AppConfig):
    name = "undersign.supporters"
    label = "supporters"
