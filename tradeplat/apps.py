from django.apps import AppConfig


class TradeplatConfig(AppConfig):
    name = "tradeplat"
