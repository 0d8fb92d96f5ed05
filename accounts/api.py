"""The calls of `/auth`: register, log in, renew, log out."""

from typing import Any

from django.contrib.auth import authenticate, user_logged_in
from django.http import HttpRequest
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts import sessions
from accounts.authentication import BearerAuthentication
from accounts.bodies import Credentials, Refresh, Registration, SignedIn, TokenPair, Told
from accounts.models import AuthSession, User, normalise_email
from accounts.registration import register
from accounts.throttles import AddressThrottle, LoginThrottle, RegisterThrottle
from accounts.tokens import InvalidToken
from tradeplat.openapi import problems
from tradeplat.problems import Unauthorized


class _OpenView(APIView):
    authentication_classes = ()  # A stale token in its headers must not keep anybody out.
    permission_classes = (AllowAny,)
    throttle_classes: tuple[type[AddressThrottle], ...] = (LoginThrottle,)


class RegisterView(_OpenView):
    throttle_classes = (RegisterThrottle,)

    @extend_schema(
        operation_id="register",
        summary="Create a user, who is signed in at once",
        request=Registration,
        responses={201: SignedIn, **problems(400, 413, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        body = Registration(data=request.data)
        body.is_valid(raise_exception=True)
        user = register(**body.validated_data)
        return Response(_signed_in(user, request), status=status.HTTP_201_CREATED)


class LoginView(_OpenView):
    @extend_schema(
        operation_id="logIn",
        summary="Sign in on one more device",
        request=Credentials,
        responses={200: SignedIn, **problems(400, 401, 413, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        body = Credentials(data=request.data)
        body.is_valid(raise_exception=True)
        user = _authenticated(request._request, **body.validated_data)
        return Response(_signed_in(user, request))


class RefreshView(_OpenView):
    @extend_schema(
        operation_id="refreshTokens",
        summary="Exchange a refresh token for new tokens; it passes once",
        request=Refresh,
        responses={200: TokenPair, **problems(400, 401, 413, 415, 429)},
    )
    def post(self, request: Request) -> Response:
        body = Refresh(data=request.data)
        body.is_valid(raise_exception=True)
        try:
            pair = sessions.refresh(body.validated_data["refresh"])
        except InvalidToken as error:
            raise Unauthorized(str(error), code="TOKEN_NOT_VALID") from error
        return Response({"token": pair.access, "refresh": pair.refresh})


class LogoutView(APIView):
    authentication_classes = (BearerAuthentication,)
    permission_classes = (IsAuthenticated,)

    @extend_schema(
        operation_id="logOut",
        summary="End this session; other devices stay signed in",
        description="A body is not needed and not read.",
        request=None,
        responses={200: Told, **problems(401)},
    )
    def post(self, request: Request) -> Response:
        assert isinstance(request.auth, AuthSession)  # What BearerAuthentication leaves there.
        sessions.revoke(request.auth)
        return Response({"message": "Logged out."})


def _authenticated(request: HttpRequest, email: str, password: str) -> User:
    """The user of these credentials.

    Django hashes the password for an unknown user too, so that neither the words nor the time
    tell whether an e-mail address is registered.
    """
    user = authenticate(request, username=normalise_email(email), password=password)
    if user is None:
        raise Unauthorized("Wrong e-mail address or password.", code="INVALID_CREDENTIALS")
    # What login() would send: the count of failures starts again.
    user_logged_in.send(sender=User, request=request, user=user)
    return user


def _signed_in(user: User, request: Request) -> dict[str, Any]:
    pair = sessions.open_session(user, request.headers.get("User-Agent", ""))
    return {
        "token": pair.access,
        "refresh": pair.refresh,
        "user": {"id": user.pk, "email": user.email},
    }
