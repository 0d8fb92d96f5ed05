/** Parts of pages, asked of the server again: words and numbers are written in one place, there. */

/** The document at an address of ours. Throws where it is not shown to us any more. */
export async function load(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) throw new Error(`not shown: ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

/** Put `fresh` in the place of `old`. What had the focus has it again, where it still exists. */
export function replace(old, fresh) {
  const places = (root) => [...root.querySelectorAll("a, button")];
  const focused = places(old).indexOf(document.activeElement);
  old.replaceWith(fresh);
  if (focused >= 0) places(fresh)[focused]?.focus();
}
