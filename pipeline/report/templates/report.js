"use strict";
// What the pages of the report do beyond being read. Each is whole without it; it asks for nothing and keeps nothing.
(() => {
  const root = document.documentElement;
  root.classList.add("script");
  const english = root.lang.startsWith("en");
  const say = (french, other) => (english ? other : french);
  const figure = (n) => n.toLocaleString(english ? "en" : "fr");
  const plural = (n, one) => `${figure(n)}\u00a0${one}${(english ? n === 1 : n < 2) ? "" : "s"}`;
  const outOf = (n, total, one) => plural(n, one) + (n < total ? say(" sur\u00a0", " of ") + figure(total) : "");
  const UNITS = {
    respondents: say("répondants", "respondents"),
    contributions: "contributions",
    unique_texts: say("textes uniques", "unique texts"),
  };
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const named = (reference) => document.getElementById(reference.replace("#", ""));
  const near = (at, selector) => at && (at.querySelector(selector) ?? near(at.parentElement, selector));
  const make = (tag, name, ...inside) => {
    const made = document.createElement(tag);
    made.className = name;
    made.append(...inside);
    return made;
  };

  // Folded text: no case, no accents. Only characters whose length changes are kept, to find offsets again.
  const LETTERS = { œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l", đ: "d", "’": "'" };
  const met = new Map();
  const foldOne = (character) => {
    const form = /[\p{L}\p{N}]/u.test(character) ? "NFKD" : "NFD";
    const bare = character.normalize(form).toLowerCase().replace(/[\p{Mn}\p{Me}\p{Cf}]/gu, "");
    return bare.replace(/[œæßøłđ’]/g, (letter) => LETTERS[letter]);
  };
  const fold = (text) => {
    const jumps = [];
    let grown = 0;
    const folded = text.replace(/[^\0-\x7f]/gu, (character, at) => {
      if (!met.has(character)) met.set(character, foldOne(character));
      const one = met.get(character);
      if (one.length !== character.length) jumps.push([at + grown, one.length, at, character.length]);
      grown += one.length - character.length;
      return one;
    });
    return { folded: folded.toLowerCase(), jumps };
  };
  // Inside « œ », a start goes before it and an end after it; an accent of its own goes with the letter before it.
  const unfold = (jumps, offset, isEnd) => {
    let shift = 0;
    for (const [start, length, at, was] of jumps) {
      if (start > offset) break;
      if (start < offset && offset < start + length) return isEnd ? at + was : at;
      if (start + length <= offset) shift = at + was - start - length;
    }
    return offset + shift;
  };

  // What a cell shows: its text and, apart, what stands smaller beside it (a share, terms).
  let unit = "respondents";
  const tidy = (text) => text.replace(/\xad/g, "").replace(/[\t\n\f\r ]+/g, " ").replace(/^ | $/g, "");
  const shown = (cell) => {
    const texts = ["", ""];
    const unseen = `[hidden], button:not(.sort), svg, .d:not(.d-${unit})`;
    const read = (node, place) => {
      for (const child of node.childNodes) {
        if (child.nodeType === 3) texts[place] += child.data;
        else if (child.matches?.(unseen) === false) read(child, child.matches("small, .terms") ? 1 : place);
      }
    };
    if (cell) read(cell, 0);
    return texts.map(tidy);
  };
  const NUMBER = english
    ? /([<≤>≥]?)\s*([+\-−–]?)\s*(\d{1,3}(?:[\s,]\d{3})+(?!\d)|\d+)(?:\.(\d+))?\s*(%?)/
    : /([<≤>≥]?)\s*([+\-−–]?)\s*(\d{1,3}(?:\s\d{3})+(?!\d)|\d+)(?:,(\d+))?\s*(%?)/;
  const number = (text, isWhole) => {
    const found = NUMBER.exec(text);
    if (!found || (isWhole && found[0] !== text)) return null;
    const [, bound, sign, whole, decimals = "", percent] = found;
    return { bound, sign: /[-−–]/.test(sign) ? "-" : "", whole: whole.replace(/\D/g, ""), decimals, percent };
  };
  const valueOf = (cell, text) => {
    const given = cell?.querySelector(`.d-${unit}[data-value]`)?.dataset.value ?? cell?.dataset.value;
    if (given) return Number(given);
    const found = number(text);
    if (!found) return null;
    const least = found.bound && (/[<≤]/.test(found.bound) ? -1e-9 : 1e-9); // « < 0,1 % » stands before « 0,1 % »
    return Number(`${found.sign}${found.whole}.${found.decimals}`) + Number(least);
  };

  // Tables: their rows as they were written, which of them are seen, and in what order.
  const tables = new Map();
  const about = (table) => {
    if (tables.has(table)) return tables.get(table);
    const topics = new Map();
    const rows = [...table.tBodies].flatMap((body) => [...body.rows]).map((row) => {
      const rank = ["group", "rest", "total"].findIndex((name) => row.classList.contains(name));
      const one = { row, body: row.parentNode, rank: [1, 0, 2, 3][rank + 1], button: row.querySelector(".expand") };
      one.parent = topics.get(row.dataset.parent); // written before its own, so that no circle is possible
      topics.set(row.dataset.topic ?? row.id.replace("row-", ""), one);
      return one;
    });
    tables.set(table, { table, rows, header: null, step: 0 });
    return tables.get(table);
  };
  const isClosed = ({ button }) => button?.getAttribute("aria-expanded") === "false";
  const isUnder = ({ parent }) => Boolean(parent && (isClosed(parent) || isUnder(parent)));
  const open = (one, isOpen) => one.button?.setAttribute("aria-expanded", isOpen);
  const filter = ({ table, rows }, isSearch) => {
    const mine = (name) => all(`[data-${name}]`).filter((one) => named(one.getAttribute(`data-${name}`)) === table);
    const words = fold(mine("search")[0]?.value ?? "").folded.split(/\s+/).filter(Boolean);
    const counted = rows.filter(({ rank }) => rank === 1 || rank === 2);
    const kept = new Set();
    for (const one of counted) {
      if (words.length) one.text ??= fold((one.row.querySelector("th") ?? one.row).textContent).folded;
      if (!words.every((word) => one.text.includes(word))) continue;
      for (let at = one; at; at = at.parent) {
        kept.add(at);
        if (isSearch && words.length && at !== one) open(at, true);
      }
    }
    const bodies = new Set([...kept].map(({ body }) => body));
    for (const one of counted) one.row.hidden = !kept.has(one) || isUnder(one);
    for (const { row, rank, body } of rows) if (rank === 0) row.hidden = !bodies.has(body);
    for (const output of mine("count")) output.textContent = outOf(kept.size, counted.length, say("ligne", "row"));
    for (const button of mine("expand-all")) {
      const [more, less] = [say("Tout déplier", "Expand all"), say("Tout replier", "Collapse all")];
      button.textContent = rows.some(isClosed) ? more : less;
    }
  };
  const collator = new Intl.Collator("fr", { numeric: true });
  const arrange = ({ table, rows, header, step }) => {
    const ordered = [...rows];
    for (const other of all("thead th[aria-sort]", table)) other.removeAttribute("aria-sort");
    if (step) {
      let column = 0;
      for (let cell = header; (cell = cell.previousElementSibling); ) column += cell.colSpan;
      const sorted = rows.filter(({ rank }) => rank === 1);
      for (const one of sorted) [one.key] = shown(one.row.cells[column]);
      const isPlain = ({ key }) => /^[–—-]?$/.test(key) || number(key, true);
      const isNumeric = header.matches(".num") || sorted.every(isPlain);
      if (isNumeric) for (const one of sorted) one.key = valueOf(one.row.cells[column], one.key);
      const isDown = (step === 1) === isNumeric; // the largest figures first, but texts from A to Z
      header.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      const compare = (a, b) => (isNumeric ? a - b : collator.compare(a, b)) * (isDown ? -1 : 1);
      ordered.sort(({ rank, key: a }, { rank: other, key: b }) => {
        if (rank !== other || rank !== 1) return rank - other;
        return a === null || b === null ? (a === null) - (b === null) : compare(a, b);
      });
    }
    const under = new Map();
    for (const one of ordered) {
      const above = one.parent?.body === one.body ? one.parent : null;
      if (!under.has(above)) under.set(above, []);
      under.get(above).push(one);
    }
    const focused = document.activeElement;
    const placed = new Map([...table.tBodies].map((body) => [body, []]));
    const put = (one) => {
      placed.get(one.body).push(one.row);
      under.get(one)?.forEach(put);
    };
    under.get(null)?.forEach(put);
    for (const [body, lines] of placed) body.append(...lines); // all at once: five times as fast as one by one
    if (document.activeElement !== focused) focused.focus();
  };

  // The rows that are seen, for a French Excel. What it would calculate or convert is marked as cells.py does.
  const UNSEEN =
    "\xad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000" +
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\"'`´‘’‚‛“”„‟«»‹›＂＇";
  const LIVE = new RegExp(`^(?:[\t\r\n\u200b]|[\0- \x7f-\xa0${UNSEEN}]*[=+\\-@＝＋－＠﹢﹣﹦﹫−])`);
  const BLANK = "\0- \xa0\u2000-\u200a\u202f\u3000";
  const MONTH =
    "(?:jan(?:v|uary|vier)?|f[ée]v(?:r|rier)?|feb(?:ruary)?|mar(?:s|ch)?|a[vp]r(?:il)?|ma[iy]|juin|june?|" +
    "juil(?:let)?|july?|ao[uû]t|aug(?:ust)?|sept?|(?:septem|octo|novem|d[ée]cem)b(?:er|re)|oct|nov|d[ée]c)\\.?";
  const CONVERTED = new RegExp(
    `^[${BLANK}]*(?:[0-9(.,][0-9${BLANK}.,:/()%€$£-]*(?:e[+-]?[0-9]+)?(?:[${BLANK}]*[ap]m)?|` +
      `(?:[0-9]+[${BLANK}./-]*)?${MONTH}(?:[${BLANK}./-]*[0-9]+)?|vrai|faux|true|false)[${BLANK}]*$`,
    "i",
  );
  const csvCell = (text, isFigure) => {
    const found = isFigure && number(text, true);
    if (found && !found.bound) {
      return found.sign + found.whole + (found.decimals && `,${found.decimals}`) + found.percent;
    }
    const isMarked = LIVE.test(text) || (text.length < 256 && CONVERTED.test(text)); // longer ones would take long
    const marked = isMarked ? `\u200b${text}` : text;
    return /[";\r\n]/.test(marked) ? `"${marked.replaceAll('"', '""')}"` : marked;
  };
  const csvOf = (table) => {
    const of = new Map(about(table).rows.map((one) => [one.row, one]));
    const lines = [...table.rows].map((row) => of.get(row)).filter((one) => one?.rank && !one.row.hidden);
    const columns = [];
    const add = (title, texts, isFigure) => columns.push([title, ...texts].map((text) => csvCell(text, isFigure)));
    [...[...table.tHead.rows].at(-1).cells].forEach((header, column) => {
      const cells = lines.map(({ row }) => row.cells[column]);
      const isFigure = cells.some((one) => one?.matches(".num"));
      const isCounted = cells.some((one) => one?.querySelector(`.d-${unit}`));
      const title = shown(header).filter(Boolean).join(" ") + (isCounted ? ` (${UNITS[unit]})` : "");
      const texts = cells.map(shown);
      add(title, texts.map(([text]) => text), isFigure);
      const beside = texts.map(([, text]) => text);
      if (beside.some(Boolean)) add(`${title} (${isFigure ? "%" : say("termes", "terms")})`, beside, isFigure);
    });
    const above = lines.map(({ parent, body }) => shown((parent?.row ?? body.querySelector(".group"))?.cells[0])[0]);
    if (above.some(Boolean)) add(say("Fait partie de", "Part of"), above);
    return [0, ...lines].map((_, at) => columns.map((texts) => texts[at]).join(";") + "\r\n").join("");
  };
  const download = (text, name) => {
    const link = make("a", "");
    link.href = URL.createObjectURL(new Blob(["\ufeff", text], { type: "text/csv;charset=utf-8" }));
    link.download = `${name}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };

  // Texts: every occurrence of a word between what stands before and after it, and the text of a point of a map.
  const corpora = new Map();
  const corpus = (id) => {
    if (!corpora.has(id)) {
      const rows = JSON.parse(named(id)?.textContent ?? "[]");
      const one = ([key, text, topics, reference]) => ({ key, text, topics, reference: reference || key });
      corpora.set(id, rows.map(one));
    }
    return corpora.get(id);
  };
  const LETTER = "[\\p{L}\\p{N}\\p{M}]";
  const patternOf = (query) => {
    const { folded } = fold(query);
    const words = folded.match(/[\p{L}\p{N}\p{M}]+\*?/gu);
    const literal = folded.trim().replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
    if (!words) return literal && new RegExp(literal, "gu");
    const parts = words.map((word) => word.replace("*", `${LETTER}*`)).join(`[^\\p{L}\\p{N}\\p{M}]{1,5}`);
    return new RegExp(`(?<!${LETTER})${parts}(?!${LETTER})`, "gu");
  };
  const AROUND = 60;
  const SHOWN = 100;
  const wordsOf = (folded) => folded.match(/[\p{L}\p{N}]+/gu) ?? [];
  const SORTS = {
    right: (folded, start, end) => wordsOf(folded.slice(end, end + AROUND)).join(" "),
    left: (folded, start) => wordsOf(folded.slice(Math.max(start - AROUND, 0), start)).reverse().join(" "),
  };
  const foldOnce = (one) => (one.fold ??= fold(one.text));
  const find = (texts, pattern, topic, sort) => {
    const hits = [];
    for (const one of texts) {
      if (topic && !one.topics?.includes(topic)) continue;
      const { folded } = foldOnce(one);
      for (const { 0: found, index } of folded.matchAll(pattern)) {
        const end = index + found.length;
        hits.push({ one, start: index, end, key: SORTS[sort]?.(folded, index, end) });
      }
    }
    if (SORTS[sort]) hits.sort(({ key: a }, { key: b }) => (a < b ? -1 : Number(a > b)));
    return hits;
  };
  const whereOf = ({ key, text, reference }) => {
    const label = make("bdi", "", reference);
    if (named(key)) {
      const link = make("a", "where", label);
      link.href = `#${key}`;
      return link;
    }
    const details = make("details", "where", make("summary", "", label));
    details.addEventListener("toggle", () => details.append(make("p", "raw", text)), { once: true });
    return details;
  };
  const lineOf = ({ one, start, end }) => {
    const [from, to] = [unfold(one.fold.jumps, start), unfold(one.fold.jumps, end, true)];
    let [left, right] = [one.text.slice(Math.max(from - AROUND, 0), from), one.text.slice(to, to + AROUND)];
    if (from > AROUND) left = `…${left.replace(/^\S*\s+(?=\S)|^[\udc00-\udfff]/, "")}`;
    if (to + AROUND < one.text.length) right = `${right.replace(/(?<=\S)\s+\S*$|[\ud800-\udbff]$/, "")}…`;
    const most = from + 2 * AROUND; // a « word » can be as long as a text
    const word = one.text.slice(from, Math.min(to, most)) + (to > most ? "…" : "");
    const parts = [make("span", "left", left), make("mark", "", word), make("span", "right", right)];
    for (const part of parts) part.dir = "auto"; // no control character of a text turns what is beside it
    return make("li", "", ...parts, whereOf(one));
  };
  const concordance = (form) => {
    const { word, topic, sort } = form.elements;
    const pattern = patternOf(word.value);
    const hits = pattern ? find(corpus(form.dataset.concordance), pattern, topic?.value, sort?.value) : [];
    const texts = new Set(hits.map(({ one }) => one)).size;
    const few = Math.min(hits.length, SHOWN);
    const inTexts = say(`, dans ${plural(texts, "texte")} de cette page`, `, in ${plural(texts, "text")} of this page`);
    near(form, "[data-lines]")?.replaceChildren(...hits.slice(0, SHOWN).map(lineOf));
    const total = near(form, "[data-total]");
    if (total) total.textContent = pattern ? outOf(few, hits.length, "occurrence") + inTexts : "";
  };
  const read = (point) => {
    const svg = point.closest("svg");
    const one = corpus(svg.dataset.points)[point.dataset.text];
    const aside = near(svg, "[data-reading]");
    if (!one || !aside) return false;
    for (const other of all("[aria-current]", svg)) other.removeAttribute("aria-current");
    point.setAttribute("aria-current", "true");
    aside.setAttribute("role", "status");
    const text = make("p", "raw", one.text);
    text.dir = "auto";
    const where = make("bdi", "", one.reference);
    aside.replaceChildren(text, make("p", "note", where));
    return true;
  };

  const reveal = (place) => {
    for (let at = place; at; at = at.parentElement) if (at.localName === "details") at.open = true;
    return place;
  };
  const follow = () => reveal(named(location.hash))?.scrollIntoView();
  const press = (event) => {
    const at = event.target.closest("button, a");
    const table = at?.closest("table");
    if (!at) return;
    if (at.matches("[data-points] [data-text]")) {
      if (read(at)) event.preventDefault();
    } else if (at.matches("a")) {
      if (at.getAttribute("href")?.startsWith("#")) reveal(named(at.getAttribute("href")));
    } else if (at.matches(".sort")) {
      const [known, header] = [about(table), at.closest("th")];
      Object.assign(known, { header, step: known.header === header ? (known.step + 1) % 3 : 1 });
      arrange(known);
    } else if (at.matches(".expand")) {
      at.setAttribute("aria-expanded", at.getAttribute("aria-expanded") === "false");
      filter(about(table));
    } else if (at.dataset.expandAll) {
      const known = about(named(at.dataset.expandAll));
      const isOpen = known.rows.some(isClosed);
      for (const one of known.rows) open(one, isOpen);
      filter(known);
    } else if (at.dataset.export) {
      download(csvOf(named(at.dataset.export)), at.dataset.name);
    }
  };
  const count = () => {
    unit = document.querySelector('input[name="denominator"]:checked')?.value ?? unit;
    for (const known of tables.values()) if (known.step) arrange(known);
  };
  const change = ({ target }) => {
    if (target.name === "denominator") {
      count();
      for (const output of all(".said")) output.textContent = say("Chiffres en ", "Figures in ") + UNITS[unit];
    } else if (target.matches("[data-concordance] select")) concordance(target.form);
  };
  let opened = [];
  const start = () => {
    for (const fieldset of all("fieldset.switch")) fieldset.append(make("output", "said"));
    for (const header of all('table[data-sortable] thead th[scope="col"]:not([data-unsorted])')) {
      const button = make("button", "sort", ...header.childNodes);
      button.type = "button";
      header.append(button);
    }
    for (const table of all("table")) about(table);
    document.addEventListener("click", press);
    document.addEventListener("change", change);
    document.addEventListener("input", ({ target }) => {
      if (target.dataset.search) filter(about(named(target.dataset.search)), true);
    });
    document.addEventListener("focusin", ({ target: { form } }) => {
      if (form?.dataset.concordance) corpus(form.dataset.concordance).forEach(foldOnce); // before the first search
    });
    document.addEventListener("submit", (event) => {
      if (!event.target.matches("[data-concordance]")) return;
      event.preventDefault();
      concordance(event.target);
    });
    addEventListener("hashchange", follow);
    addEventListener("beforeprint", () => {
      opened = all("main details:not([open])").filter((one) => !one.closest("[data-lines]"));
      for (const one of opened) one.open = true;
    });
    addEventListener("afterprint", () => {
      for (const one of opened.splice(0)) one.open = false;
    });
    // A browser that comes back to a page gives its fields what they held.
    addEventListener("pageshow", () => {
      count();
      for (const known of tables.values()) filter(known);
    });
    follow();
  };
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
