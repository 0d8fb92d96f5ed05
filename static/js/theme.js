// How the page looks, remembered. Runs before the first paint, so that the page never flashes.
(() => {
  const root = document.documentElement;
  root.dataset.theme = localStorage.getItem("theme") ?? "dark";
  root.dataset.palette = localStorage.getItem("palette") ?? "green-red";
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-theme-switch]")) return;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
    root.dispatchEvent(new Event("themechange"));
  });
})();
