"""Ingests horse-race cards: an API accepts them, a Celery worker stores them."""
