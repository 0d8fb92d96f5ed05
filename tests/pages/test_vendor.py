"""What is vendored is what VENDOR.json says, byte for byte."""

import hashlib
import json

from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"


def test_every_vendored_file_is_listed_with_its_digest() -> None:
    packages = json.loads((VENDOR / "VENDOR.json").read_text())["packages"]
    listed = {file["path"]: file["sha256"] for work in packages for file in work["files"]}
    found = {
        str(path.relative_to(VENDOR)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.suffix in {".js", ".woff2"}
    }

    assert listed == found
