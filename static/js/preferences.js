/** Small choices that a browser remembers. Never anything secret. */
export function remembered(name, fallback) {
  return localStorage.getItem(name) ?? fallback;
}

export function remember(name, value) {
  localStorage.setItem(name, value);
}
