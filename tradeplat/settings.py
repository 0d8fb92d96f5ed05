"""Every setting of the platform, read from the environment here and nowhere else.

`.env` and `$VAR_DIR/embedded.env` (written by `manage.py up`) fill in what the environment leaves
out, so that a command typed in a second shell meets the servers that are running.
"""

from datetime import timedelta
from pathlib import Path

import environ
import structlog
from csp.constants import NONE, SELF

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
env.read_env(BASE_DIR / ".env")
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var"))).absolute()
env.read_env(VAR_DIR / "embedded.env")

# --- Secrets -------------------------------------------------------------------------------------
SECRET_KEY = env.str("SECRET_KEY")
JWT_KEY = env.str("JWT_KEY")
# The first key encrypts, all of them decrypt: put a new one in front and run `rotate_field_keys`.
FIELD_ENCRYPTION_KEYS = env.list("FIELD_ENCRYPTION_KEYS")

# --- Where we are reached ------------------------------------------------------------------------
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
WEB_PORT = env.int("WEB_PORT", default=7001)
REALTIME_PORT = env.int("REALTIME_PORT", default=8080)
PAPER_PORT = env.int("PAPER_PORT", default=9090)
FRONTEND_URL = env.str("FRONTEND_URL", default="http://localhost:3000")
# Where browsers find the WebSocket: an address; a path such as / on the page's own origin, behind
# a proxy that leads to both; empty means REALTIME_PORT on the host of the page.
REALTIME_URL = env.str("REALTIME_URL", default="")
HTTPS = env.bool("HTTPS", default=False)
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

# --- Exchanges -----------------------------------------------------------------------------------
DEFAULT_ENVIRONMENT = env.str("DEFAULT_ENVIRONMENT", default="PAPER")
ALLOW_LIVE_TRADING = env.bool("ALLOW_LIVE_TRADING", default=False)
PAPER_CONTROL_URL = env.str("PAPER_CONTROL_URL", default=f"http://127.0.0.1:{PAPER_PORT}/control")
PAPER_CONTROL_TOKEN = env.str("PAPER_CONTROL_TOKEN", default="")

_EXCHANGE_URLS = {
    "PAPER": {
        "REST_URL": f"http://127.0.0.1:{PAPER_PORT}/api",
        "WS_API_URL": f"ws://127.0.0.1:{PAPER_PORT}/ws-api/v3",
        "STREAM_URL": f"ws://127.0.0.1:{PAPER_PORT}",
    },
    "TESTNET": {
        "REST_URL": "https://testnet.binance.vision/api",
        "WS_API_URL": "wss://ws-api.testnet.binance.vision/ws-api/v3",
        "STREAM_URL": "wss://stream.testnet.binance.vision",
    },
    "DEMO": {
        "REST_URL": "https://demo-api.binance.com/api",
        "WS_API_URL": "wss://demo-ws-api.binance.com/ws-api/v3",
        "STREAM_URL": "wss://demo-stream.binance.com",
    },
    "LIVE": {
        "REST_URL": "https://api.binance.com/api",
        "WS_API_URL": "wss://ws-api.binance.com:443/ws-api/v3",
        "STREAM_URL": "wss://stream.binance.com:9443",
    },
}
# environment -> {"REST_URL", "WS_API_URL", "STREAM_URL"}: any environment can be pointed anywhere.
EXCHANGE_URLS = {
    name: {kind: env.str(f"BINANCE_{name}_{kind}", default=url) for kind, url in urls.items()}
    for name, urls in _EXCHANGE_URLS.items()
}

# --- Windows of the order protocol, in seconds ---------------------------------------------------
LEASE_SECONDS = env.float("LEASE_SECONDS", default=3.0)
RECV_WINDOW_SECONDS = env.float("RECV_WINDOW_SECONDS", default=5.0)
EXCHANGE_TIMEOUT_SECONDS = env.float("EXCHANGE_TIMEOUT_SECONDS", default=12.0)
# How long the exchange itself may sit on a request before it answers -1007.
EXCHANGE_INTERNAL_SECONDS = env.float("EXCHANGE_INTERNAL_SECONDS", default=10.0)
PROOF_MARGIN_SECONDS = env.float("PROOF_MARGIN_SECONDS", default=5.0)
DEADLINE_SECONDS = env.float("DEADLINE_SECONDS", default=30.0)
RESTING_DEADLINE_SECONDS = env.float("RESTING_DEADLINE_SECONDS", default=300.0)
SWEEP_SECONDS = env.float("SWEEP_SECONDS", default=1.0)
LINGER_SECONDS = env.float("LINGER_SECONDS", default=30.0)
OPEN_ORDER_CHECK_SECONDS = env.float("OPEN_ORDER_CHECK_SECONDS", default=2.0)
CANCEL_RETRY_SECONDS = env.float("CANCEL_RETRY_SECONDS", default=5.0)
# How much longer a resting order waits for a look while its account's private stream is live.
STREAMED_ORDER_CHECK_SECONDS = env.float("STREAMED_ORDER_CHECK_SECONDS", default=60.0)
# How long a streams process that says nothing any more is still believed to be at work.
STREAM_LEASE_SECONDS = env.float("STREAM_LEASE_SECONDS", default=5.0)
# The exchange ends every connection after 24 hours; ours are renewed before that.
STREAM_LIFE_SECONDS = env.float("STREAM_LIFE_SECONDS", default=23 * 3600.0)
# Accounts on one connection; the exchange takes 1,000 at most.
STREAM_SHARD_SIZE = env.int("STREAM_SHARD_SIZE", default=1000)
# Between two accounts of one exchange that are caught up by REST, which weighs 100 for each.
CATCH_UP_SECONDS = env.float("CATCH_UP_SECONDS", default=3.0)
# New orders are refused (503 OVERLOADED) while requests wait longer than this for a thread.
SHED_AFTER_SECONDS = env.float("SHED_AFTER_SECONDS", default=1.0)
SENDING_SLOTS = env.int("SENDING_SLOTS", default=64)
REDIS_TIMEOUT_SECONDS = env.float("REDIS_TIMEOUT_SECONDS", default=0.5)
PUBLISH_QUEUE_SIZE = env.int("PUBLISH_QUEUE_SIZE", default=20_000)

# --- Django --------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "daphne",
    "accounts",  # Before Django's auth, whose createsuperuser it completes.
    "tradeplat.operators.apps.OperatorsConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "rest_framework",
    "rest_framework_simplejwt",
    "rest_framework_simplejwt.token_blacklist",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "corsheaders",
    "csp",
    "axes",
    "channels",
    "tradeplat",
    "trading",
    "execution",
    "realtime",
]

MIDDLEWARE = [
    "tradeplat.middleware.RequestId",
    # Before those that answer by themselves, whose answers need the same headers.
    "tradeplat.middleware.SafeDefaults",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.web_sessions.WebSessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "tradeplat.urls"
WSGI_APPLICATION = "tradeplat.wsgi.application"
ASGI_APPLICATION = "tradeplat.asgi.application"
APPEND_SLASH = False  # The wire contract has no trailing slashes.
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- PostgreSQL and Redis ------------------------------------------------------------------------
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"] |= {
    "ENGINE": "django.db.backends.postgresql",
    "CONN_MAX_AGE": None,
    "CONN_HEALTH_CHECKS": True,
    "DISABLE_SERVER_SIDE_CURSORS": True,
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {
        # A process that is stopped while it holds a lock must not stop the others.
        "options": "-c lock_timeout=3s -c statement_timeout=10s"
        " -c idle_in_transaction_session_timeout=5s",
        "connect_timeout": 3,
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "server_side_binding": True,
        "prepare_threshold": 3,
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL")
# Local memory: throttles, lockouts, sessions and market calls never wait for Redis.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Rows, so that a logout counts in every copy of the web process.
SESSION_ENGINE = "django.contrib.sessions.backends.db"
CHANNEL_LAYERS = {
    "default": {
        "BACKEND": "realtime.layer.LocalFirstChannelLayer",
        "CONFIG": {"hosts": [REDIS_URL]},
    }
}

# Seen to matter: without these bounds kombu blocks for ever on a Redis that hangs.
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://", 1)  # kombu's own word.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
    "socket_keepalive": True,
    "health_check_interval": 10,
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_TASK_PUBLISH_RETRY_POLICY = {
    "max_retries": 1,
    "interval_start": 0,
    "interval_step": 0.1,
    "interval_max": 0.2,
}
CELERY_TASK_ACKS_LATE = False  # Rows are the guarantee; a late ack makes 5.7 exit with Redis.
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_POOL_ACQUIRE_TIMEOUT = 2
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = 15
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULER = "tradeplat.scheduler:Scheduler"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "refresh-symbols": {"task": "execution.refresh_symbols", "schedule": 300.0},
    "provision": {
        "task": "accounts.provision",
        "schedule": 5.0,
        "options": {"expires": 5.0},
    },
    "check-keys": {
        "task": "accounts.check_keys",
        "schedule": 10.0,
        "options": {"expires": 10.0},
    },
    "snapshot-balances": {"task": "execution.snapshot_balances", "schedule": 60.0},
    "clean-up": {"task": "trading.clean_up", "schedule": 3600.0},
    "erase-keys": {"task": "accounts.erase_keys", "schedule": 3600.0},
}

# --- Users, sessions and tokens ------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.BCryptSHA256PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "trade-default"
LOGOUT_REDIRECT_URL = "landing"
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=10)
AXES_COOLOFF_TIME = timedelta(minutes=10)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"  # As authenticate() calls it, not as the model does.
AXES_USERNAME_CALLABLE = "accounts.lockout.counted_as"
AXES_CLIENT_IP_CALLABLE = "accounts.lockout.counted_from"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # Retry-After stays true.
AXES_LOCKOUT_CALLABLE = "accounts.lockout.response"
AXES_ENABLE_ADMIN = False  # Ours shows the same rows, and lifts lockouts.
AXES_DISABLE_ACCESS_LOG = True  # One row for every login, never cleaned up.

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_KEY,
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "id",
    "UPDATE_LAST_LOGIN": False,
}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.authentication.BearerAuthentication",
        "accounts.authentication.WebSessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_PARSER_CLASSES": ["tradeplat.wire.JSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "tradeplat.wire.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "tradeplat.problems.exception_handler",
    # How many proxies of our own append to X-Forwarded-For; with none, nobody's word is taken.
    "NUM_PROXIES": env.int("NUM_PROXIES", default=0),
    "DEFAULT_THROTTLE_RATES": {
        "login": env.str("THROTTLE_LOGIN", default="60/min"),
        "register": env.str("THROTTLE_REGISTER", default="60/min"),
        "market": env.str("THROTTLE_MARKET", default="600/min"),
        # New orders of one user in each copy of web; empty for no limit. Cancels have none.
        "orders": env.str("THROTTLE_ORDERS", default="1000/s") or None,
    },
}
SPECTACULAR_SETTINGS = {
    "TITLE": "tradeplat",
    "VERSION": "1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_INCLUDE_SCHEMA": False,
    "COMPONENT_SPLIT_REQUEST": True,  # Without it a body's fields seem to take empty strings.
    "ENUM_NAME_OVERRIDES": {"SideEnum": "trading.models.orders.Side"},
}

# --- What browsers are told ----------------------------------------------------------------------
CORS_ALLOWED_ORIGINS = [FRONTEND_URL]
CORS_EXPOSE_HEADERS = ["X-Event-Seq", "Link", "Retry-After", "X-Request-Id", "Age"]
CORS_ALLOW_HEADERS = (
    "accept",
    "authorization",
    "content-type",
    "idempotency-key",
    "x-request-id",
    "x-requested-with",
)
if REALTIME_URL.startswith("/"):
    _SOCKET_SOURCES = []  # 'self' covers the WebSocket of the same origin.
elif REALTIME_URL:
    _SOCKET_SOURCES = [f"{REALTIME_URL.rstrip('/')}/prices"]
else:  # On the host of the page, which a fixed header cannot name; the ports are ours.
    _SOCKET_SOURCES = [f"ws://*:{REALTIME_PORT}", f"wss://*:{REALTIME_PORT}"]
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF, *_SOCKET_SOURCES],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "manifest-src": [SELF],
    }
}
CSRF_FAILURE_VIEW = "tradeplat.error_views.csrf_failure"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz)$"]  # Asked inside, without the proxy.
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
# HTTPS is the proxy's business: a platform on one's own machine runs without it.
SILENCED_SYSTEM_CHECKS = ["auth.W004"] + (  # E-mails are unique by a constraint over Lower().
    [] if HTTPS else [f"security.W{number}" for number in ("004", "008", "012", "016")]
)
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "tradeplat.static_files.ManifestStorage"},
}

LANGUAGE_CODE = "en-us"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "tradeplat.formats"  # How the admin writes times.

# --- Logs ----------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "structlog.stdlib.ProcessorFormatter",
            # Plain: the pretty one prints local variables, and with them keys and passwords.
            "processor": structlog.dev.ConsoleRenderer(
                colors=False, exception_formatter=structlog.dev.plain_traceback
            ),
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
        }
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "axes": {"level": "WARNING"},
        "django.security.DisallowedHost": {"level": "CRITICAL"},  # error_views says it shortly.
        # A line for every chore and every wake-up would bury the others.
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
