// What the pages need of the browser: theme, keyboard, menu, reconnecting. Everything else is rendered by the server.
(() => {
  "use strict";

  const modes = { system: "light dark", light: "light", dark: "dark" };
  const stored = () => { try { return localStorage.getItem("theme") ?? "system"; } catch { return "system"; } };

  // Fluent UI keeps its own idea of the theme for its components; ours goes through color-scheme, before anything is painted.
  function applyTheme(mode) {
    document.documentElement.style.colorScheme = modes[mode] ?? modes.system;
    document.documentElement.dataset.theme = mode;
    window.Blazor?.theme?.setThemeMode(mode);
    document.dispatchEvent(new CustomEvent("themechange", { detail: { dark: isDark() } }));
  }
  const isDark = () => {
    const mode = document.documentElement.dataset.theme;
    return mode === "dark" || (mode !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  };
  applyTheme(stored());
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => applyTheme(stored()));
  window.agentsystem = { isDark };

  const icons = {
    system: "M3 4.5h14v9H3zM7.5 16.5h5M10 13.5v3",
    light: "M10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.4 1.4M14.3 14.3l1.4 1.4M4.3 15.7l1.4-1.4M14.3 5.7l1.4-1.4M10 6.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7z",
    dark: "M15.5 12.5A7 7 0 0 1 8 3.6a7 7 0 1 0 7.5 8.9z",
  };

  customElements.define("theme-switch", class extends HTMLElement {
    connectedCallback() {
      this.setAttribute("role", "group");
      this.setAttribute("aria-label", "Theme");
      this.replaceChildren(...Object.keys(modes).map(mode => {
        const button = document.createElement("button");
        button.type = "button";
        button.title = button.ariaLabel = `Theme: ${mode}`;
        button.innerHTML = `<svg viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true"><path d="${icons[mode]}"/></svg>`;
        button.addEventListener("click", () => {
          try { localStorage.setItem("theme", mode); } catch { /* a private window forgets it */ }
          applyTheme(mode);
          this.show();
        });
        return button;
      }));
      this.show();
    }
    show() {
      const current = document.documentElement.dataset.theme;
      [...this.children].forEach((button, i) => button.ariaPressed = String(Object.keys(modes)[i] === current));
    }
  });

  const menu = open => {
    document.body.classList.toggle("menu-open", open);
    document.querySelector("[data-menu]")?.setAttribute("aria-expanded", String(open));
  };

  document.addEventListener("click", event => {
    const target = event.target instanceof Element ? event.target : null;
    if (target?.closest("[data-menu]")) menu(!document.body.classList.contains("menu-open"));
    else if (target?.closest("[data-help]")) document.getElementById("shortcuts")?.showModal();
    else if (target?.closest("[data-dialog]:not(:disabled)")) document.getElementById(target.closest("[data-dialog]").dataset.dialog)?.showModal();
    else if (target?.closest("[data-skip]")) { event.preventDefault(); document.getElementById("main")?.focus(); }
    else menu(false);
  });

  // Keys that a person types into a field are theirs.
  const isTyping = element => element instanceof HTMLElement
    && (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT|FLUENT-TEXT-INPUT|FLUENT-TEXTAREA|FLUENT-DROPDOWN)$/.test(element.tagName));
  let goUntil = 0;
  document.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") { menu(false); if (isTyping(document.activeElement)) document.activeElement.blur(); return; }
    if (isTyping(document.activeElement) || document.querySelector("dialog[open]")) return;
    if (event.key === "/") {
      const box = document.querySelector("main [data-search]") ?? document.querySelector("[data-search]");
      if (box) { event.preventDefault(); box.focus(); }
    } else if (event.key === "?") {
      document.getElementById("shortcuts")?.showModal();
    } else if (event.key === "g") {
      goUntil = event.timeStamp + 1500;
    } else if (event.timeStamp < goUntil) {
      goUntil = 0;
      document.querySelector(`nav a[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  });

  // A console that was started again does not know this page any more; nothing on it is lost by loading it again.
  document.getElementById("components-reconnect-modal")?.addEventListener("components-reconnect-state-changed", event => {
    if (event.detail.state === "rejected") location.reload();
  });
  document.addEventListener("DOMContentLoaded", () => window.Blazor?.theme && applyTheme(stored()));
})();
