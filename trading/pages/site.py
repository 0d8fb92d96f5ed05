"""What everybody may read: the landing page, and the licences of works that our pages contain."""

import json
from functools import cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe


@require_safe
def landing(request: HttpRequest) -> HttpResponse:
    return render(request, "landing.html", {"environment": settings.DEFAULT_ENVIRONMENT})


@require_safe
def licences(request: HttpRequest) -> HttpResponse:
    return render(request, "licences.html", {"works": vendored_works()})


@cache
def vendored_works() -> list[dict[str, str]]:
    """The works of others in static/vendor: name, version, licence and its text."""
    vendor = settings.BASE_DIR / "static" / "vendor"
    packages = json.loads((vendor / "VENDOR.json").read_text())["packages"]
    return [work | {"text": (vendor / work["licence_file"]).read_text()} for work in packages]
