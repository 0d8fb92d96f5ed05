"""Every address of the web process. No trailing slashes: the wire contract has none."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts.pages import exchange_accounts, profile, sign_in
from tradeplat.health import healthz, readyz
from trading.pages import exports, order, orders, site, trade

urlpatterns: list[URLPattern | URLResolver] = [
    path("", site.landing, name="landing"),
    path("register", sign_in.register_page, name="register"),
    path("login", sign_in.login_page, name="login"),
    path("logout", sign_in.logout_page, name="logout"),
    path("trade/", trade.trade_default, name="trade-default"),
    path("trade/<str:symbol>", trade.trade, name="trade"),
    path("orders", orders.orders, name="orders"),
    path("orders/rows", orders.order_rows, name="order-rows"),
    path("orders/<uuid:order_id>", order.order, name="order"),
    path("orders/<uuid:order_id>/cancel", orders.cancel_order, name="cancel-order"),
    path("orders.csv", exports.orders_csv, name="orders-csv"),
    path("trades.csv", exports.trades_csv, name="trades-csv"),
    path("accounts", exchange_accounts.accounts, name="exchange-accounts"),
    path("accounts/<int:account_id>", exchange_accounts.status, name="account-status"),
    path("accounts/<int:account_id>/check", exchange_accounts.check, name="check-account"),
    path("accounts/<int:account_id>/name", exchange_accounts.rename, name="rename-account"),
    path("accounts/<int:account_id>/default", exchange_accounts.default, name="default-account"),
    path("accounts/<int:account_id>/state", exchange_accounts.state, name="account-state"),
    path("accounts/<int:account_id>/keys", exchange_accounts.keys, name="account-keys"),
    path("accounts/<int:account_id>/archive", exchange_accounts.archive, name="archive-account"),
    path("profile", profile.profile, name="profile"),
    path("profile/password", profile.password, name="change-password"),
    path("profile/sessions", profile.end_others, name="end-other-sessions"),
    path("profile/sessions/<uuid:sid>", profile.end_session, name="end-session"),
    path("licences", site.licences, name="licences"),
    path("healthz", healthz),
    path("readyz", readyz),
    path("admin", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("auth/", include("accounts.urls")),
    path("api/", include("trading.urls")),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

handler400 = "tradeplat.error_views.bad_request"
handler403 = "tradeplat.error_views.forbidden"
handler404 = "tradeplat.error_views.not_found"
handler500 = "tradeplat.error_views.server_error"
