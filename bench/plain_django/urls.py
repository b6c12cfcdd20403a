from django.urls import path

from bench.plain_django.views import sign

urlpatterns = [path("p/<slug:slug>/", sign)]
