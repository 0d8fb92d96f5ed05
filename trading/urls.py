from django.urls import path

from trading.api import holdings, market, orders

urlpatterns = [
    path("trading/orders", orders.OrdersView.as_view(), name="api-orders"),
    path("trading/orders/<str:order_id>", orders.OrderView.as_view(), name="api-order"),
    path("trading/positions", holdings.PositionsView.as_view(), name="api-positions"),
    path("trading/trades", holdings.TradesView.as_view(), name="api-trades"),
    path("user/account", holdings.AccountView.as_view(), name="api-account"),
    path("market/symbols", market.SymbolsView.as_view(), name="api-symbols"),
    path("market/candles", market.CandlesView.as_view(), name="api-candles"),
    path("market/tickers", market.TickersView.as_view(), name="api-tickers"),
    path("market/book", market.BookView.as_view(), name="api-book"),
]
