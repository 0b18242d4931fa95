// Conveniences: every page works without them.
(() => {
  "use strict";
  const one = (selector, inside = document) => inside.querySelector(selector);
  const typing = (target) => target.matches("textarea, select, input:not([type=checkbox]):not([type=radio])");

  // Keys: digits tick a theme, others press what names them.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target;
    if (event.key === "Escape" && target.id === "filtre") {
      target.value = "";
      target.dispatchEvent(new Event("input"));
      target.blur();
      return;
    }
    if (typing(target)) {
      if (event.key === "Enter" && target.id === "filtre") {
        event.preventDefault();
        const box = [...document.querySelectorAll("#choix li:not([hidden]) input")][0];
        if (box) {
          box.checked = !box.checked;
          target.value = "";
          target.dispatchEvent(new Event("input"));
          target.blur();
        }
      }
      return;
    }
    if (event.key === "?") {
      location.assign("/aide");
      return;
    }
    const box = /^[1-9]$/.test(event.key) && one(`[data-number="${event.key}"]`);
    if (box) {
      event.preventDefault();
      box.checked = !box.checked;
      box.closest("li").scrollIntoView({ block: "nearest" });
      return;
    }
    if (event.key === "/" && one("#filtre")) {
      event.preventDefault();
      one("#filtre").focus();
      return;
    }
    const field = one(`[data-focus="${CSS.escape(event.key)}"]`);
    if (field) {
      event.preventDefault();
      field.focus();
      field.select();
      return;
    }
    if (event.key === "Enter" && target.closest("a, button, summary")) return;
    const press = one(`[data-key="${CSS.escape(event.key)}"]`);
    if (press && !event.repeat) {
      event.preventDefault();
      press.click();
    }
  });

  // A form is sent once.
  document.addEventListener("submit", (event) => {
    if (event.target.dataset.sent) event.preventDefault();
    event.target.dataset.sent = "yes";
  });
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // The search box of themes.
  const filter = one("#filtre");
  if (filter) {
    const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
    filter.parentElement.hidden = false;
    filter.addEventListener("input", () => {
      const words = plain(filter.value).split(/\s+/);
      for (const item of document.querySelectorAll("#choix li")) {
        const text = plain(item.textContent);
        item.hidden = !words.every((word) => text.includes(word)) && !one("input", item).checked;
      }
    });
  }

  // A passage that is selected in the text goes into the form of mentions; offsets count characters, not UTF-16 units.
  const text = one("#texte");
  const form = one("#marquer");
  if (text && form) {
    document.addEventListener("selectionchange", () => {
      const selection = getSelection();
      if (!selection.rangeCount || selection.isCollapsed) return;
      const range = selection.getRangeAt(0);
      if (!text.contains(range.startContainer) || !text.contains(range.endContainer)) return;
      const before = document.createRange();
      before.setStart(text, 0);
      before.setEnd(range.startContainer, range.startOffset);
      const raw = range.toString();
      const said = raw.trim();
      if (!said) return;
      const start = [...before.toString()].length + [...raw.slice(0, raw.indexOf(said))].length;
      one("#debut").value = start;
      one("#fin").value = start + [...said].length;
      one("#passage").value = said;
      for (const field of document.querySelectorAll(".selected")) field.value = said;
    });
    one("#passage").addEventListener("input", () => {
      one("#debut").value = one("#fin").value = "";
    });
  }
})();
