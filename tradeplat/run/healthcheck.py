"""A container's health check: `python -m tradeplat.run.healthcheck 7001 /readyz`."""

import sys

from .ports import answers_http

if __name__ == "__main__":
    sys.exit(not answers_http(int(sys.argv[1]), sys.argv[2]))
