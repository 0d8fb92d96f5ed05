"""Columns that read as people do: amounts without empty digits, JSON in lines."""

import json
from typing import Any

from django.contrib import admin
from django.utils.html import format_html

from trading.templatetags.wire_numbers import exact


def amount(field: str, label: str = "") -> Any:
    """A column with the digits of an amount: no trailing zeros, no exponent.

    A callable, which Django takes wherever it takes a name; its published types do not say so.
    """

    @admin.display(description=label or field.replace("_", " "))
    def column(row: Any) -> str:
        return exact(getattr(row, field))

    column.__name__ = field  # As the column is called in the page's HTML.
    return column


def document(value: Any) -> str:
    """JSON as a person can read it."""
    text = json.dumps(value, indent=2, ensure_ascii=False, sort_keys=True)
    return format_html("<pre>{}</pre>", text)
