"""Deeds of operators: allowed by a permission, confirmed with a reason, and noted for good."""

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth import get_permission_codename
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse

from tradeplat.operators.history import HistoryAdmin

MOST_AT_ONCE = 500  # Rows that are locked together, and listed on one page.
# How the buttons on the page of one object say that this is where they stood.
FROM_OBJECT = "_from_object"

Deed = Callable[[Any, HttpRequest, list[Any], str], Sequence[Model]]
Action = Callable[[Any, HttpRequest, QuerySet[Any]], HttpResponse | None]


class ReasonForm(forms.Form):
    """Why somebody does this. Whoever looks at the history later will want to know."""

    reason = forms.CharField(
        max_length=200, widget=forms.TextInput({"class": "vTextField", "autofocus": True})
    )


def deed(description: str, *, unchanged: str, question: str = "") -> Callable[[Deed], Action]:
    """Make a method an action of an `ActingAdmin`.

    The method gets the chosen rows and a reason, and returns those that it changed; of the others
    the operator is told that they are `unchanged`. With a `question` it is confirmed on a page of
    its own, where the reason is asked for.
    """

    def decorate(method: Deed) -> Action:
        @admin.action(description=description, permissions=["act"])
        @wraps(method)
        def action(
            self: ActingAdmin, request: HttpRequest, queryset: QuerySet[Any]
        ) -> HttpResponse | None:
            chosen = list(queryset[: MOST_AT_ONCE + 1])
            if len(chosen) > MOST_AT_ONCE:
                self.message_user(request, f"At most {MOST_AT_ONCE} at once.", messages.ERROR)
                return None
            form = ReasonForm(request.POST if "reason" in request.POST else None)
            if question and not form.is_valid():
                asked = {"title": description, "question": question, "chosen": chosen, "form": form}
                return self.confirmation(request, method.__name__, asked)
            reason = form.cleaned_data["reason"] if question else ""
            with transaction.atomic():
                changed = method(self, request, chosen, reason)
                _note(request, changed, f"{description}: {reason}" if reason else description)
            self.tell(request, description, len(changed), len(chosen) - len(changed), unchanged)
            return None

        return action

    return decorate


class ActingAdmin(HistoryAdmin):
    """History with deeds, chosen from the list or by the buttons on the page of one object.

    Whoever may `change` the model may act; whoever may only `view` it looks on.
    """

    change_form_template = "admin/acting_change_form.html"

    def has_act_permission(self, request: HttpRequest) -> bool:
        codename = get_permission_codename("change", self.opts)
        return request.user.has_perm(f"{self.opts.app_label}.{codename}")

    def applies(self, name: str, obj: Any) -> bool:
        """Whether an action makes sense for an object as it is: its button is shown."""
        return True

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if obj := kwargs.get("obj"):
            choices = self.get_action_choices(request, default_choices=[])
            context["deeds"] = [choice for choice in choices if self.applies(choice[0], obj)]
        context["changelist_url"] = self._url("changelist")
        return super().render_change_form(request, context, *args, **kwargs)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet[Any], *args: Any
    ) -> HttpResponse | None:
        answer = super().response_action(request, queryset, *args)
        if FROM_OBJECT in request.POST and isinstance(answer, HttpResponseRedirect):
            chosen = request.POST.get(ACTION_CHECKBOX_NAME, "")
            return HttpResponseRedirect(self._url("change", chosen))
        return answer

    def confirmation(self, request: HttpRequest, name: str, asked: dict[str, Any]) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            **asked,
            "opts": self.opts,
            "action": name,
            "checkbox": ACTION_CHECKBOX_NAME,
            "from_object": FROM_OBJECT if FROM_OBJECT in request.POST else "",
        }
        return TemplateResponse(request, "admin/confirm_deed.html", context)

    def tell(
        self, request: HttpRequest, description: str, changed: int, left: int, unchanged: str
    ) -> None:
        if changed:
            self.message_user(request, f"{description}: {self._counted(changed)}.")
        if left:
            words = f"{self._counted(left)} left as before: {unchanged}"
            self.message_user(request, words, messages.WARNING)

    def _counted(self, number: int) -> str:
        name = self.opts.verbose_name if number == 1 else self.opts.verbose_name_plural
        return f"{number} {name}"

    def _url(self, view: str, *args: str) -> str:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_{view}"
        return reverse(name, args=args)


def _note(request: HttpRequest, changed: Sequence[Model], message: str) -> None:
    """Leave a trace of every object, in the transaction of the deed."""
    if changed:
        LogEntry.objects.log_actions(request.user.pk, changed, CHANGE, message)  # type: ignore[arg-type]
