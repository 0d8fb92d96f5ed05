/** What the server says about this page: symbol, environment, account, addresses. */
export const page = Object.freeze(JSON.parse(document.getElementById("page").textContent));

/** The element of that id; a missing one is a mistake in a template, so it throws. */
export function element(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`no element #${id}`);
  return found;
}

/** Where a symbol is traded with this page's account. */
export function tradePath(symbol) {
  const account = page.isDefaultAccount ? "" : `?account=${page.accountId}`;
  return `/trade/${encodeURIComponent(symbol)}${account}`;
}
