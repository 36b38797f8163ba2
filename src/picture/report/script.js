"use strict";

// What a cell says with all its digits.
const valueOf = cell => cell.classList.contains("bar") ? "" : cell.title || cell.textContent;

const numberOf = text => text === "inf" ? Infinity : text === "-inf" ? -Infinity : parseFloat(text);

const collator = new Intl.Collator("en", { numeric: true });

// Orders two texts of a column; what is no number comes last, whichever the direction.
function compare(one, two, isNumber, direction) {
  if (!isNumber) return direction * collator.compare(one, two);
  const [a, b] = [numberOf(one), numberOf(two)];
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) - Number.isNaN(b);
  return a === b ? 0 : direction * (a < b ? -1 : 1);
}

async function copy(text, output, told) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // The older way, where the newer one is not allowed.
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    const isDone = document.execCommand("copy");
    area.remove();
    if (!isDone) told = "The browser did not let it be copied";
  }
  output.textContent = told;
}

// A cell for a spreadsheet: on one line, and no formula.
const cellOf = (text, isWord) => (isWord && /^\s*[-=+@＝＋－＠']/.test(text) ? "'" : "") + text.replace(/\s+/g, " ");

// Makes a table sort, filter and copy.
function enliven(section) {
  const tools = section.querySelector("form");
  const body = section.querySelector("tbody");
  const heads = [...section.querySelectorAll("thead th")];
  const output = tools.querySelector("output");
  const search = tools.querySelector("input");
  const selects = [...tools.querySelectorAll("select")];
  const places = new Map(heads.map((head, place) => [head.dataset.name, place]));
  const asWritten = [...body.rows].map(row => {
    const values = [...row.cells].map(valueOf);
    return { row, values, text: values.join(" ").toLowerCase() };
  });
  let rows = [...asWritten];

  const shown = () => rows.filter(({ row }) => !row.hidden);

  function filter() {
    const words = search.value.toLowerCase().split(/\s+/).filter(word => word);
    const isChosen = ({ values }) => selects.every(({ value, dataset }) =>
      !value || (dataset.column ? values[places.get(dataset.column)] === value : Number(values[places.get(value)]) > 0));
    for (const each of rows) {
      each.row.hidden = !(words.every(word => each.text.includes(word)) && isChosen(each));
    }
    const count = shown().length;
    const what = rows.length === 1 ? output.dataset.one : output.dataset.some;
    output.textContent = `${count} of ${rows.length} ${what}`;
  }

  // Upwards, downwards, as written; rows that are equal keep the order they have.
  function sort(head) {
    const place = heads.indexOf(head);
    const isNumber = head.dataset.kind === "number";
    const next = { none: "ascending", ascending: "descending", descending: "none" }[head.ariaSort];
    for (const other of heads) if (other.ariaSort) other.ariaSort = "none";
    head.ariaSort = next;
    if (next === "none") rows = [...asWritten];
    const direction = next === "ascending" ? 1 : -1;
    if (next !== "none") rows.sort((a, b) => compare(a.values[place], b.values[place], isNumber, direction));
    body.replaceChildren(...rows.map(({ row }) => row));
  }

  function table() {
    const wanted = heads.filter(head => head.dataset.kind !== "bar");
    const lines = shown().map(({ values }) => wanted.map(head =>
      cellOf(values[places.get(head.dataset.name)], head.dataset.kind === "word")).join("\t"));
    return [wanted.map(head => head.dataset.name).join("\t"), ...lines, ""].join("\n");
  }

  for (const head of heads.filter(head => head.dataset.kind !== "bar")) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
    head.ariaSort = "none";
  }
  tools.addEventListener("input", filter);
  tools.addEventListener("submit", event => event.preventDefault());
  tools.addEventListener("reset", () => setTimeout(filter));
  tools.querySelector(".copy").addEventListener("click", () => copy(table(), output, `Copied ${shown().length} rows`));
  tools.hidden = false;
  filter();
}

for (const section of document.querySelectorAll(".listing")) enliven(section);

const toml = document.querySelector(".toml");
const button = toml.querySelector(".copy");
button.hidden = false;
button.addEventListener("click", () => copy(toml.querySelector("code").textContent, toml.querySelector("output"), "Copied"));
