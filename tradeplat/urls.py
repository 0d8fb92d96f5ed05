"""Every address of the web process. No trailing slashes: the wire contract has none."""

from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from accounts import pages as accounts_pages
from tradeplat.health import healthz, readyz
from trading.pages import site, trade

urlpatterns: list[URLPattern | URLResolver] = [
    path("", site.landing, name="landing"),
    path("register", accounts_pages.register_page, name="register"),
    path("login", accounts_pages.login_page, name="login"),
    path("logout", accounts_pages.logout_page, name="logout"),
    path("trade/", trade.trade_default, name="trade-default"),
    path("trade/<str:symbol>", trade.trade, name="trade"),
    path("licences", site.licences, name="licences"),
    path("healthz", healthz),
    path("readyz", readyz),
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
