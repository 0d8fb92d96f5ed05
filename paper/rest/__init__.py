"""The REST API under /api/v3."""

from paper.rest import account, market, orders

ENDPOINTS = {
    (endpoint.method, endpoint.path): endpoint
    for module in (market, orders, account)
    for endpoint in module.ENDPOINTS
}
