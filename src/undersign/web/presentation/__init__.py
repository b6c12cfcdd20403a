"""What each public page shows: plain frozen dataclasses, free of models, requests and Wagtail.

Whoever answers a request fills one of these and gives it to `rendering.render`.
"""
