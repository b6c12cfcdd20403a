from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "undersign.web"
    label = "web"
