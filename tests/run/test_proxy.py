"""One port for everything: the proxy of docker-compose.yml before real processes."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.ports import free_port
from tests.processes import Platform
from tests.run.proxy import NGINX, Proxy, complaints, proxy_before, write_configuration

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(NGINX is None, reason="nginx is missing: apt-get install nginx-light"),
]
PASSWORD = "correct horse battery staple"
REGISTRATIONS_A_MINUTE = 3


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    env = {
        "REALTIME_URL": "/",
        "NUM_PROXIES": "1",
        "THROTTLE_REGISTER": f"{REGISTRATIONS_A_MINUTE}/min",
    }
    with Platform("web", "realtime", env=env) as platform:
        yield platform


@pytest.fixture(scope="module")
def proxy(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    directory = tmp_path_factory.mktemp("proxy")
    ports = platform.ports
    with proxy_before(web=ports["web"], realtime=ports["realtime"], directory=directory) as proxy:
        yield proxy


@pytest.fixture
def lonely(tmp_path: Path) -> Iterator[Proxy]:
    """A proxy behind which nobody answers."""
    nobody, nobody_either = free_port(), free_port()
    with proxy_before(web=nobody, realtime=nobody_either, directory=tmp_path) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def alice(proxy: Proxy) -> requests.Session:
    """Alice's browser, signed in by the page."""
    browser = requests.Session()
    html = browser.get(f"{proxy.url}/register").text
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', html)
    assert found
    form = {
        "csrfmiddlewaretoken": found[1],
        "email": "alice@example.com",
        "password": PASSWORD,
    }
    answer = browser.post(
        f"{proxy.url}/register", form, headers={"Origin": proxy.url}, allow_redirects=False
    )
    assert answer.status_code == 302, answer.text
    return browser


@pytest.fixture(scope="module")
def token(alice: requests.Session, proxy: Proxy) -> str:
    who = {"email": "alice@example.com", "password": PASSWORD}
    token: str = requests.post(f"{proxy.url}/auth/login", json=who).json()["token"]
    return token


def test_the_page_and_its_socket_share_one_origin(alice: requests.Session, proxy: Proxy) -> None:
    page = alice.get(f"{proxy.url}/trade/BTCUSDT")
    assert f'"socketUrl": "{proxy.socket_url}"' in unescape(page.text)
    assert "connect-src 'self'" in [
        directive.strip() for directive in page.headers["Content-Security-Policy"].split(";")
    ]

    cookies = "; ".join(f"{name}={value}" for name, value in alice.cookies.items())
    with connect(
        proxy.socket_url, origin=Origin(proxy.url), additional_headers={"Cookie": cookies}
    ) as line:
        assert '"HELLO"' in line.recv(timeout=5)


def test_the_address_of_the_landing_page_is_a_socket_as_well(proxy: Proxy, token: str) -> None:
    assert requests.get(proxy.url).headers["Content-Type"].startswith("text/html")
    with connect(f"ws://127.0.0.1:{proxy.port}/?token={token}") as line:
        assert '"HELLO"' in line.recv(timeout=5)


def test_a_handshake_that_is_too_long_is_refused_at_once(proxy: Proxy, token: str) -> None:
    with pytest.raises(InvalidStatus) as refused:
        connect(f"{proxy.socket_url}?token={token}&padding={'x' * 8_000}", open_timeout=5)
    assert refused.value.response.status_code == 414
    with pytest.raises(InvalidStatus) as refused:
        connect(proxy.socket_url, additional_headers={"X": "x" * 8_000}, open_timeout=5)
    assert refused.value.response.status_code == 400


def test_a_caller_cannot_choose_the_address_that_is_counted(
    alice: requests.Session, proxy: Proxy
) -> None:
    """The page's registration was the first."""
    statuses = [
        requests.post(
            f"{proxy.url}/auth/register",
            json={"email": f"bob{number}@example.com", "password": PASSWORD},
            headers={"X-Forwarded-For": f"203.0.113.{number}"},
        ).status_code
        for number in range(REGISTRATIONS_A_MINUTE)
    ]
    assert statuses == [201] * (REGISTRATIONS_A_MINUTE - 1) + [429]


def test_a_body_above_a_megabyte_is_refused_as_a_problem(proxy: Proxy) -> None:
    answer = requests.post(f"{proxy.url}/auth/login", data=b" " * 1_100_000)
    assert (answer.status_code, answer.json()["code"]) == (413, "TOO_LARGE")


def test_metrics_are_not_the_worlds(proxy: Proxy) -> None:
    assert requests.get(f"{proxy.url}/metrics").status_code == 404


def test_a_static_file_is_asked_of_the_pages_once(proxy: Proxy) -> None:
    styles = re.search(r'href="(/static/css/[^"]+)"', requests.get(proxy.url).text)
    assert styles
    answers = {requests.get(proxy.url + styles[1]).content for _ in range(2)}
    assert len(answers) == 1
    lines = [line for line in proxy.log().splitlines() if styles[1] in line]
    assert [", from - with - in - s" in line for line in lines] == [False, True]


def test_an_outage_is_told_to_each_in_their_own_words(lonely: Proxy) -> None:
    orders = f"{lonely.url}/api/trading/orders"
    placed, listed = requests.post(orders, json={}), requests.get(orders)
    page = requests.get(f"{lonely.url}/trade/", headers={"Accept": "text/html,*/*"})

    for answer in (placed, listed, page):
        assert (answer.status_code, answer.headers["Retry-After"]) == (502, "5")
    assert placed.headers["Content-Type"] == "application/problem+json"
    assert placed.json()["code"] == "OUTCOME_UNKNOWN"
    assert "Idempotency-Key" in placed.json()["message"]
    assert listed.json()["code"] == "UNAVAILABLE"
    assert "<h1>One moment</h1>" in page.text


def test_no_log_holds_the_token_of_a_socket(
    proxy: Proxy, lonely: Proxy, platform: Platform, token: str
) -> None:
    for at in (proxy, lonely):
        requests.get(f"{at.url}/?token={token}")
        requests.get(f"{at.url}/prices?token={token}")
        with pytest.raises(InvalidStatus):
            connect(f"{at.url.replace('http', 'ws')}/elsewhere?token={token}")
    with connect(f"{proxy.socket_url}?token={token}"):
        pass
    with connect(f"{proxy.socket_url}?token={token}x") as line, pytest.raises(ConnectionClosed):
        line.recv(timeout=5)
    with pytest.raises(InvalidStatus):
        connect(f"{lonely.socket_url}?token={token}")

    assert '"GET /prices HTTP/1.1" 502' in lonely.log()
    assert '"GET /prices HTTP/1.1" 101' in proxy.log()
    logs = proxy.log() + lonely.log() + platform.log("realtime") + platform.log("web")
    assert token not in logs


@pytest.mark.parametrize("listen", ["plain", "behind-tls", "tls"])
def test_nginx_accepts_the_configuration(tmp_path: Path, listen: str) -> None:
    _write_certificate(tmp_path)
    assert complaints(write_configuration(tmp_path, listen=listen)) == ""


def _write_certificate(directory: Path) -> None:
    """A certificate of its own for localhost, as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    (directory / "privkey.pem").write_bytes(key.private_bytes(pem, form, plain))
    (directory / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
