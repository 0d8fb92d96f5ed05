from django.urls import path

from trading.api import holdings, orders

urlpatterns = [
    path("trading/orders", orders.OrdersView.as_view(), name="api-orders"),
    path("trading/orders/<str:order_id>", orders.OrderView.as_view(), name="api-order"),
    path("trading/positions", holdings.PositionsView.as_view(), name="api-positions"),
    path("trading/trades", holdings.TradesView.as_view(), name="api-trades"),
    path("user/account", holdings.AccountView.as_view(), name="api-account"),
]
