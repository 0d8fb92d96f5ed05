from django.urls import path

from accounts import api

urlpatterns = [
    path("register", api.RegisterView.as_view(), name="api-register"),
    path("login", api.LoginView.as_view(), name="api-login"),
    path("refresh", api.RefreshView.as_view(), name="api-refresh"),
    path("logout", api.LogoutView.as_view(), name="api-logout"),
]
