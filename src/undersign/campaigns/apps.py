from django.apps import AppConfig


class CampaignsConfig(AppConfig):
    name = "undersign.campaigns"
    label = "campaigns"
