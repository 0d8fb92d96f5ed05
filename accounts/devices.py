"""What a User-Agent says, in the words of a person: "Firefox on Windows"."""

import re

# The first that fits: many call themselves by the names of those below them too.
_PROGRAMS = [
    ("Edge", r"\bEdgA?/"),
    ("Opera", r"\bOPR/"),
    ("Samsung Internet", r"\bSamsungBrowser/"),
    ("Firefox", r"\b(Firefox|FxiOS)/"),
    ("Chrome", r"\b(Headless)?(Chrome|Chromium|CriOS)/"),
    ("Safari", r"\bVersion/.*\bSafari/"),
]
_SYSTEMS = [
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("macOS", r"\bMac OS X\b|\bMacintosh\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("Linux", r"\bLinux\b|\bX11\b"),
]
_PLAIN = re.compile(r"([A-Za-z][\w.+-]{0,39})(?:/(\d[\w.]{0,14}))?")


def device(user_agent: str) -> str:
    """The program and the system it runs on, as far as they say."""
    program, system = _first(_PROGRAMS, user_agent), _first(_SYSTEMS, user_agent)
    if program:
        return f"{program} on {system}" if system else program
    if plain := _PLAIN.match(user_agent):  # "python-requests/2.32.3", "curl/8.5.0"
        name, version = plain.groups()
        if name != "Mozilla":
            return f"{name} {version}" if version else name
    return f"A program on {system}" if system else "An unknown device"


def _first(table: list[tuple[str, str]], text: str) -> str:
    return next((name for name, pattern in table if re.search(pattern, text)), "")
