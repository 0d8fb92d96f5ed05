"""The forms of the accounts page. What the rules are is said by the functions they call."""

from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError

from accounts.exchange_accounts import LONGEST_NAME
from accounts.key_pairs import LIVE_IS_OFF, LONGEST_KEY, is_allowed
from accounts.models import Environment

ENVIRONMENTS = {
    Environment.PAPER: "PAPER: our simulated exchange, with play money",
    Environment.TESTNET: "TESTNET: the exchange's test network",
    Environment.DEMO: "DEMO: the exchange's demo mode",
    Environment.LIVE: "LIVE: real money",
}


class WriteOnlyInput(forms.PasswordInput):
    """A secret: hidden while it is typed, and never sent back to the page, whatever went wrong."""

    def __init__(self) -> None:
        super().__init__({"autocomplete": "off", "spellcheck": "false"}, render_value=False)


class _Form(forms.Form):
    def take_errors(self, error: ValidationError) -> None:
        """Show what a function said, each word at its field."""
        by_field = getattr(error, "message_dict", {NON_FIELD_ERRORS: error.messages})
        for field, words in by_field.items():
            self.add_error(field if field in self.fields else None, words)


class NameForm(_Form):
    name = forms.CharField(max_length=LONGEST_NAME, widget=forms.TextInput({"autocomplete": "off"}))


class KeysForm(_Form):
    api_key = forms.CharField(label="API key", max_length=LONGEST_KEY, widget=WriteOnlyInput())
    secret_key = forms.CharField(
        label="Secret key", max_length=LONGEST_KEY, widget=WriteOnlyInput()
    )


class AddForm(NameForm):
    environment = forms.ChoiceField(choices=list(ENVIRONMENTS.items()))
    api_key = forms.CharField(
        label="API key", max_length=LONGEST_KEY, required=False, widget=WriteOnlyInput()
    )
    secret_key = forms.CharField(
        label="Secret key", max_length=LONGEST_KEY, required=False, widget=WriteOnlyInput()
    )
    real_money = forms.BooleanField(
        label="I understand that LIVE trades with real money", required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_allowed(Environment.LIVE):
            choices = ENVIRONMENTS | {Environment.LIVE: "LIVE: switched off on this platform"}
            self.fields["environment"] = forms.ChoiceField(choices=list(choices.items()))
            del self.fields["real_money"]

    def clean(self) -> dict[str, Any]:
        live = self.cleaned_data.get("environment") == Environment.LIVE
        if live and not is_allowed(Environment.LIVE):
            self.add_error("environment", LIVE_IS_OFF)
        elif live and not self.cleaned_data.get("real_money"):
            self.add_error("real_money", "Confirm that you want to trade with real money.")
        return self.cleaned_data


class ArchiveForm(_Form):
    sure = forms.BooleanField(
        label="Archive it for good",
        error_messages={"required": "Tick this if you want to archive the account for good."},
    )
