/** Rows of orders, from the events about them. */

const CANCEL_REQUESTED = "CANCEL_REQUESTED"; // The reason of an event, never of an order.

/** The row after an event. An event tells quantity and price as executed, the row as ordered. */
export function changed(before, seq, data) {
  const row = before ?? {
    orderId: data.orderId,
    accountId: data.accountId,
    symbol: data.symbol,
    side: data.side,
    type: data.type,
    quantity: data.orderQuantity,
    price: data.limitPrice,
    createdAt: data.timestamp,
  };
  const asked = data.reason === CANCEL_REQUESTED;
  return {
    ...row,
    seq,
    status: data.status,
    executedQuantity: data.quantity,
    averagePrice: data.price,
    reason: asked ? (row.reason ?? "") : data.reason,
    cancelRequestedAt: asked ? data.timestamp : row.cancelRequestedAt,
    updatedAt: data.timestamp,
  };
}
