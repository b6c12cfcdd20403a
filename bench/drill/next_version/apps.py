from django.apps import AppConfig


class NextVersionConfig(AppConfig):
    name = "bench.drill.next_version"
    label = "drill_next_version"
