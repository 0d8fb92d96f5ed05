"""What the calls of `/auth` take and give. Bodies are strict: a mistyped name is told."""

from typing import Any

from rest_framework import serializers

from accounts.key_pairs import LONGEST_KEY
from accounts.passwords import LONGEST_PASSWORD
from accounts.registration import LONGEST_EMAIL


class _Text(serializers.CharField):
    """A JSON string: DRF would take a number for one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            raise serializers.ValidationError("Must be a string.")
        return super().to_internal_value(data)


class _Strict(serializers.Serializer[Any]):
    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, dict) and (unknown := data.keys() - self.fields.keys()):
            raise serializers.ValidationError({name: "Unknown field." for name in sorted(unknown)})
        return super().to_internal_value(data)


class Credentials(_Strict):
    email = _Text(max_length=LONGEST_EMAIL)
    password = _Text(max_length=LONGEST_PASSWORD, trim_whitespace=False)


class Registration(Credentials):
    binanceApiKey = _Text(
        source="api_key", required=False, allow_blank=True, allow_null=True, max_length=LONGEST_KEY
    )
    binanceSecretKey = _Text(
        source="secret_key",
        required=False,
        allow_blank=True,
        allow_null=True,
        max_length=LONGEST_KEY,
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in attrs.items() if value is not None}


class Refresh(_Strict):
    refresh = _Text(max_length=4096)


class UserShown(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    email = serializers.EmailField()


class TokenPair(serializers.Serializer[Any]):
    token = serializers.CharField()
    refresh = serializers.CharField()


class SignedIn(TokenPair):
    user = UserShown()


class Told(serializers.Serializer[Any]):
    message = serializers.CharField()
