from django.apps import AppConfig


class MessagingConfig(AppConfig):
    name = "undersign.messaging"
    label = "messaging"
