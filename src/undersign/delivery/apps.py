from django.apps import AppConfig


class DeliveryConfig(AppConfig):
    name = "undersign.delivery"
    label = "delivery"
