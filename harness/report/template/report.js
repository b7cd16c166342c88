"use strict";
// Data reaches the page as text nodes only: nothing here parses markup.

const make = (tag, properties = {}, ...children) => {
  const { className, ...attributes } = properties;
  const element = document.createElement(tag);
  if (className) element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
};
const words = (label) => label.replaceAll("_", " ");
const percent = (fraction) => (100 * fraction).toFixed(1);

// Theme

const theme = document.getElementById("theme");
const prefersDark = matchMedia("(prefers-color-scheme: dark)");
const isDark = () => (document.documentElement.dataset.theme ?? (prefersDark.matches ? "dark" : "light")) === "dark";
const showTheme = () => theme.setAttribute("aria-pressed", String(isDark()));
theme.addEventListener("click", () => {
  document.documentElement.dataset.theme = isDark() ? "light" : "dark";
  showTheme();
});
prefersDark.addEventListener("change", showTheme);
showTheme();

// Sorting

const sortKey = (cell) => (cell.dataset.sort === undefined ? null : Number(cell.dataset.sort));
const sortTable = (table, column, header) => {
  const numeric = header.classList.contains("number");
  // Numbers start with the largest, words with the first; an undefined value is last either way.
  const first = numeric ? "descending" : "ascending";
  const second = numeric ? "ascending" : "descending";
  const order = header.getAttribute("aria-sort") === first ? second : first;
  const sign = order === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  const compare = (a, b) => {
    const [x, y] = [a.cells[column], b.cells[column]];
    if (!numeric) return sign * x.textContent.localeCompare(y.textContent, "en");
    const [p, q] = [sortKey(x), sortKey(y)];
    if (p === null || q === null) return (p === null) - (q === null);
    return sign * (p - q);
  };
  body.append(...[...body.rows].sort(compare));
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", order);
};
for (const table of document.querySelectorAll("table[data-sortable]")) {
  [...table.tHead.rows[0].cells].forEach((header, column) => {
    header.querySelector("button").addEventListener("click", () => sortTable(table, column, header));
  });
}

// A leaderboard's filter and its choice of columns, made here because they do nothing without a script

document.querySelectorAll("table.leaderboard").forEach((table, nth) => {
  const heads = [...table.tHead.rows[0].cells];
  const search = make("input", { type: "search", autocomplete: "off", placeholder: "name, floor, gold, ..." });
  const found = make("span", { className: "size", role: "status" });
  search.addEventListener("input", () => {
    const needle = search.value.trim().toLowerCase();
    const rows = [...table.tBodies[0].rows];
    for (const row of rows) {
      row.hidden = ![row.cells[0], row.cells[1]].some((cell) => cell.textContent.toLowerCase().includes(needle));
    }
    found.textContent = needle ? `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows` : "";
  });
  const choose = (column, shown) => {
    for (const row of table.rows) row.cells[column].hidden = !shown;
  };
  const boxes = heads.slice(1).map((head, i) => {
    const box = make("input", { type: "checkbox" });
    box.checked = true;
    box.addEventListener("change", () => choose(i + 1, box.checked));
    return make("label", {}, box, ` ${head.textContent}`);
  });
  const columns = make("details", { className: "columns" },
    make("summary", {}, "Columns"), make("div", { role: "group", "aria-label": `Columns of leaderboard ${nth + 1}` }, ...boxes));
  table.closest(".scroll").before(make("div", { className: "tools" },
    make("label", {}, "Rows ", search), found, columns));
});

// Claims

const STEP = 50;

// What only an opened claim needs is compressed: base64 of zlib of JSON.
const unpack = async (id) => {
  const bytes = Uint8Array.from(atob(document.getElementById(id).textContent), (character) => character.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
};

class Claims {
  constructor(section) {
    this.section = section;
    this.island = section.dataset.island;
    this.data = JSON.parse(document.getElementById(this.island).textContent);
    this.form = section.querySelector("form");
    this.list = section.querySelector(".list");
    this.more = section.querySelector(".more");
    this.blocks = new Map();
    this.rivals = this.data.systems.flatMap((system, i) => (system.contender ? [i] : []));
    this.places = new Map(this.data.passages.map(([id], i) => [id, i]));
    this.items = this.data.ids.map((id, at) => this.prepare(id, at));
    this.anchors = new Map(this.items.map((item) => [item.anchor, item]));
    this.form.addEventListener("input", () => this.filter());
    this.form.addEventListener("submit", (event) => event.preventDefault());
    this.more.addEventListener("click", () => this.extend(STEP));
    this.list.addEventListener("keydown", (event) => this.key(event));
    // Rows are drawn as they come into view: the button below them draws more when it is near.
    new IntersectionObserver(([entry]) => { if (entry.isIntersecting && !this.more.hidden) this.extend(STEP); },
      { rootMargin: "600px" }).observe(this.more);
    this.filter();
  }

  prepare(id, at) {
    const { data } = this;
    const given = data.given.map((column) => column[at]);
    const gold = data.gold[at];
    const asked = this.rivals.filter((i) => given[i] !== -1);
    const votes = data.votes[at];
    return {
      id, at, given, gold, votes,
      claim: data.claims[at],
      differ: data.differ[at] === 1,
      split: Boolean(votes) && votes.filter(Boolean).length > 1,
      anchor: `${data.task}-${id}`,
      nRight: asked.filter((i) => given[i] === gold).length,
      nAsked: asked.length,
    };
  }

  // Lower-case words of a claim, made when they are first looked for.
  words(item) {
    const { data } = this;
    item.words ??= [item.id, item.claim, data.holders[item.at] ?? "",
      ...data.evidence[item.at].flatMap((place) => [data.passages[place][0], data.passages[place][2] || ""])].join("\n").toLowerCase();
    return item.words;
  }

  label(code) {
    return code >= 0 ? words(this.data.labels[code]) : code === -1 ? "not asked" : words(this.data.outcomes[-2 - code]);
  }

  filter() {
    const { text, show, gold, slice, system, outcome } = Object.fromEntries(new FormData(this.form));
    const needle = text.trim().toLowerCase();
    const cut = slice.indexOf("=");
    const field = this.data.slices[slice.slice(0, cut)];
    const value = field ? field.values.indexOf(slice.slice(cut + 1)) : -1;
    const label = this.data.labels.indexOf(gold);
    const seen = {
      differ: (item) => item.differ,
      missed: (item) => item.nAsked > 0 && item.nRight === 0,
      split: (item) => item.split,
      all: () => true,
    }[show];
    const of = system === "" ? this.rivals : [Number(system)];
    const ended = {
      right: (item, code) => code === item.gold,
      wrong: (item, code) => code >= 0 && code !== item.gold,
      none: (item, code) => code < -1,
      "": (item, code) => code !== -1,
    }[outcome];
    const free = system === "" && outcome === "";
    this.found = this.items.filter((item) => seen(item)
      && (!gold || item.gold === label)
      && (!slice || (field && field.at[item.at] === value))
      && (free || of.some((i) => ended(item, item.given[i])))
      && (!needle || this.words(item).includes(needle)));
    this.section.querySelector(".found").textContent = `${this.found.length} of ${this.items.length} questions`;
    this.list.replaceChildren();
    this.extend(STEP);
  }

  extend(n) {
    const from = this.list.children.length;
    this.list.append(...this.found.slice(from, from + n).map((item) => this.row(item)));
    this.more.hidden = this.list.children.length >= this.found.length;
  }

  key(event) {
    const row = event.target.closest(".claim");
    const go = (other) => { if (other) { event.preventDefault(); other.querySelector("summary").focus(); } };
    if (event.ctrlKey || event.metaKey || event.altKey || !row) return;
    if (event.key === "/") { event.preventDefault(); this.form.elements.text.focus(); return; }
    if (event.key === "Escape") { row.open = false; go(row); return; }
    if (event.target !== row.querySelector("summary")) return;
    if (event.key === "ArrowDown") {
      if (!row.nextElementSibling && !this.more.hidden) this.extend(STEP);
      go(row.nextElementSibling);
    }
    if (event.key === "ArrowUp") go(row.previousElementSibling);
    if (event.key === "Home") go(this.list.firstElementChild);
    if (event.key === "End") go(this.list.lastElementChild);
  }

  open(anchor) {
    const item = this.anchors.get(anchor);
    if (!item) return;
    if (!this.found.includes(item)) {
      this.form.reset();
      this.form.elements.show.value = "all";
      this.filter();
    }
    this.extend(Math.max(0, this.found.indexOf(item) + 1 - this.list.children.length));
    const row = document.getElementById(anchor);
    row.open = true;
    row.scrollIntoView();
    row.querySelector("summary").focus({ preventScroll: true });
  }

  row(item) {
    const row = make("details", { className: "claim", id: item.anchor }, make("summary", {},
      make("span", { className: "text" }, item.claim),
      make("span", { className: "meta" },
        make("span", { className: "gold" }, `gold: ${this.label(item.gold)}`), this.marks(item),
        `${item.nRight} of ${item.nAsked} right`)));
    row.addEventListener("toggle", async () => {
      if (!row.open || row.children.length > 1) return;
      const body = make("div", { className: "body" });
      row.append(body);
      body.append(...this.body(item, await this.answersOf(item)).filter(Boolean));
    });
    return row;
  }

  marks(item) {
    return make("span", { className: "marks", "aria-hidden": "true" },
      ...this.rivals.filter((i) => item.given[i] !== -1).map((i) => this.mark(item, i)));
  }

  mark(item, i) {
    const code = item.given[i];
    const [sign, className] = code < 0 ? ["–", ""] : code === item.gold ? ["✓", "right"] : ["✗", "wrong"];
    return make("span", { className, title: `${this.data.systems[i].name}: ${this.label(code)}` }, sign);
  }

  // Each system's words on an item, null where it was not asked; texts are joined from the block's lines.
  async answersOf(item) {
    const number = Math.floor(item.at / this.data.block);
    if (!this.blocks.has(number)) this.blocks.set(number, unpack(`${this.island}-${number}`));
    const { answers, lines } = await this.blocks.get(number);
    const text = (numbers) => numbers && numbers.map((line) => lines[line]).join("\n");
    return answers[item.at % this.data.block].map((answer) => answer && {
      ...answer, rationale: text(answer.rationale), raw: text(answer.raw), error: text(answer.error),
      messages: answer.messages && answer.messages.map(([role, numbers]) => [role, text(numbers)]),
    });
  }

  body(item, given) {
    const { data } = this;
    const slices = Object.entries(data.slices).filter(([, { at }]) => at[item.at] >= 0)
      .map(([field, { values, at }]) => `${words(field)} ${words(values[at[item.at]])}`);
    const where = [`cluster ${data.clusters[item.at]}`, ...slices].join(" · ");
    const holder = data.holders[item.at];
    const evidence = data.evidence[item.at];
    return [
      make("p", { className: "where" }, make("a", { href: `#${encodeURIComponent(item.anchor)}` }, item.id), ` · ${where}`),
      holder && make("p", {}, make("b", {}, "Holder: "), holder),
      make("div", {}, make("h4", {}, evidence.length ? "Evidence" : "No evidence"),
        ...evidence.map((place) => make("blockquote", {}, this.marked(item, place), make("small", {}, data.passages[place][0])))),
      this.context(item, evidence),
      make("p", {}, make("b", {}, `Gold: ${this.label(item.gold)}. `), data.justifications[item.at]),
      this.votes(item), this.answers(item, given),
      ...given.map((answer, i) => this.prompt(answer, data.systems[i].name, item.id)),
    ];
  }

  votes({ votes }) {
    if (!votes) return null;
    const told = votes.flatMap((n, i) => (n ? [`${words(this.data.labels[i])} ${n}`] : []));
    return make("p", {}, make("b", {}, "Annotators’ votes: "), told.join(", "));
  }

  // A passage with the words marked that state the claim; places are in characters, not in UTF-16 units.
  marked(item, place) {
    const text = this.data.passages[place][2];
    if (!text) return make("i", {}, "[text withheld]");
    const characters = Array.from(text);
    const parts = [];
    let last = 0;
    for (const [, start, end] of this.data.spans[item.at].filter(([at]) => at === place).sort((a, b) => a[1] - b[1])) {
      if (start < last || end <= start) continue;
      parts.push(characters.slice(last, start).join(""), make("mark", {}, characters.slice(start, end).join("")));
      last = end;
    }
    return make("span", {}, ...parts, characters.slice(last).join(""));
  }

  // The sentences around the evidence and around where the claim is stated, in reading order.
  context(item, evidence) {
    const { passages, spans } = this.data;
    const near = new Set();
    for (const place of [...evidence, ...spans[item.at].map(([at]) => at)]) {
      for (let at = place - 2; at <= place + 2; at += 1) {
        if (passages[at] && passages[at][1] && passages[at][1] === passages[place][1]) near.add(at);
      }
    }
    if (!near.size) return null;
    const rows = [...near].sort((a, b) => a - b).flatMap((at, i, all) => [
      i && all[i - 1] !== at - 1 ? make("p", { className: "gap" }, "[…]") : null,
      make("p", evidence.includes(at) ? { className: "gold-passage" } : {},
        make("small", {}, `${passages[at][0]}${evidence.includes(at) ? ", evidence" : ""} `), this.marked(item, at)),
    ]);
    return make("details", { className: "context" }, make("summary", {}, "In the article; marked: where the claim is stated"),
      make("div", {}, ...rows.filter(Boolean)));
  }

  answers(item, given) {
    const heads = ["System", "Label and outcome", "Probability %", "Rationale"];
    const table = make("table", { className: "answers" },
      make("caption", {}, `What each system said of ${item.id}; gold is ${this.label(item.gold)}`),
      make("thead", {}, make("tr", {}, ...heads.map((head) => make("th", { scope: "col" }, head)))),
      make("tbody", {}, ...this.data.systems.map((system, i) => this.answer(item, system, i, given[i]))));
    return make("div", { className: "scroll", tabindex: "0", role: "region", "aria-label": `Answers to ${item.id}` }, table);
  }

  answer(item, system, i, answer) {
    const head = make("th", { scope: "row" }, system.name);
    const code = item.given[i];
    if (code === -1) return make("tr", {}, head, make("td", { colspan: "3" }, "not asked"));
    const label = make("td", {}, this.mark(item, i), `\u00a0${code < 0 ? "-" : this.label(code)}`,
      make("small", {}, code < 0 ? this.label(code) : "answered"));
    const reason = make("td", {}, answer.rationale || "-",
      answer.evidence ? make("small", {}, `uses ${answer.evidence.join(", ")}`) : null,
      answer.error ? make("small", { className: "wrong" }, answer.error) : null);
    return make("tr", {}, head, label, this.probabilities(code, answer), reason);
  }

  probabilities(code, { probabilities }) {
    if (!probabilities) return make("td", {}, "-");
    const rest = probabilities.flatMap((p, i) => (i === code ? [] : [make("small", {}, `${words(this.data.labels[i])} ${percent(p)}`)]));
    return make("td", {}, code < 0 ? "-" : percent(probabilities[code]), ...rest);
  }

  prompt(answer, name, id) {
    if (!answer || !(answer.messages || answer.raw)) return null;
    const messages = (answer.messages ?? []).map(([role, text]) => [`Sent as ${role}`, text]);
    const parts = answer.raw ? [...messages, ["Answered", answer.raw]] : messages;
    return make("details", { className: "prompt" },
      make("summary", {}, `${name}: ${answer.messages ? "messages sent and raw answer" : "raw answer"}`),
      make("div", {}, ...parts.flatMap(([title, text]) => [make("h5", {}, title), this.pre(`${name}, ${id}: ${title}`, text)])));
  }

  pre(label, text) {
    return make("pre", { tabindex: "0", role: "region", "aria-label": label }, text);
  }
}

const sections = [...document.querySelectorAll("section.claims")].map((section) => new Claims(section));
const openAddress = () => {
  const anchor = decodeURIComponent(location.hash.slice(1));
  if (anchor) sections.forEach((section) => section.open(anchor));
};
addEventListener("hashchange", openAddress);
openAddress();
