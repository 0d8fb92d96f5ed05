"""The REST API under /api/v3."""

from paper.rest import account, market, order_lists, orders

ENDPOINTS = {
    (endpoint.method, endpoint.path): endpoint
    for module in (market, orders, order_lists, account)
    for endpoint in module.ENDPOINTS
}
