"use strict";
// Filters by branch and segment, order of rows, and what a chart says under the pointer. Without it the page reads whole.
(() => {
  const one = (query, within = document) => within.querySelector(query);
  const every = (query, within = document) => [...within.querySelectorAll(query)];
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // ---- what a chart says under the pointer, the finger or arrow keys ---------------------------------------------
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.setAttribute("role", "status");
  tip.hidden = true;
  document.body.append(tip);
  const titled = (node) => (node.closest ? node.closest(".chart svg *") : null);
  const titleOf = (mark) => [...mark.children].find((child) => child.localName === "title");
  function tell(mark) {
    const title = mark && titleOf(mark);
    if (title) {  // the browser's own would stand beside ours
      mark.dataset.tip = title.textContent;
      title.remove();
    }
    const text = mark && mark.dataset.tip;
    tip.hidden = !text;
    if (!text) return;
    tip.textContent = text;
    const box = mark.getBoundingClientRect();
    const left = Math.min(Math.max(8, box.left + box.width / 2 - tip.offsetWidth / 2), innerWidth - tip.offsetWidth - 8);
    const above = box.top - tip.offsetHeight - 8;
    tip.style.left = `${left + scrollX}px`;
    tip.style.top = `${(above > 0 ? above : box.bottom + 8) + scrollY}px`;
  }
  document.addEventListener("pointerover", (event) => tell(titled(event.target)));
  document.addEventListener("pointerdown", (event) => tell(titled(event.target)));
  every(".chart").forEach((chart) => {
    let walked = null;
    chart.tabIndex = 0;
    chart.addEventListener("blur", () => { tip.hidden = true; walked = null; });
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const marks = every("svg *", chart).filter((mark) => mark.dataset.tip || titleOf(mark));
      if (!step || !marks.length) return;
      event.preventDefault();
      const at = marks.indexOf(walked);
      walked = marks[at < 0 ? (step > 0 ? 0 : marks.length - 1) : (at + step + marks.length) % marks.length];
      tell(walked);
    });
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") tip.hidden = true; });

  // ---- rows in the order of a column -----------------------------------------------------------------------------
  const before = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  function sortBy(table, column, head) {
    const down = head.getAttribute("aria-sort") !== "descending";
    every("th[aria-sort]", table).forEach((cell) => cell.removeAttribute("aria-sort"));
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = one("tbody", table);
    const keyed = [...body.rows].map((row) => {
      const cell = row.cells[column];
      const number = cell.dataset.v;
      return { row, text: cell.textContent, number: number === undefined ? null : Number(number) };
    });
    const numbers = keyed.some((key) => key.number !== null);
    keyed.sort((a, b) => {
      if (!numbers) return down ? before(b.text, a.text) : before(a.text, b.text);
      if (a.number === null || b.number === null) return (a.number === null) - (b.number === null);  // unknown last
      return down ? b.number - a.number : a.number - b.number;
    });
    body.append(...keyed.map((key) => key.row));
  }
  every("table[data-sorts]").forEach((table) => {
    every("thead th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      button.addEventListener("click", () => sortBy(table, column, head));
      head.append(button);
    });
  });

  // ---- which section is being read -------------------------------------------------------------------------------
  const links = new Map(every("nav a").map((link) => [link.hash.slice(1), link]));
  const strip = one("nav");
  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      links.forEach((link) => link.removeAttribute("aria-current"));
      const link = links.get(entry.target.id);
      link.setAttribute("aria-current", "true");
      strip.scrollLeft = link.offsetLeft - strip.offsetLeft - strip.clientWidth / 3;
    }
  }, { rootMargin: "-15% 0px -80% 0px" });
  every("main section[id]").filter((section) => links.has(section.id)).forEach((section) => seen.observe(section));

  // ---- filters by branch and segment -----------------------------------------------------------------------------
  const pick = one("#pick");
  if (!pick) return;
  const { choices, months, short, words, missing } = JSON.parse(one("#pick-data").textContent);
  const selects = every("select", pick);
  const value = (name) => (one(`#pick-${name}`) || { value: "" }).value;
  const whole = choices["|"];
  const listed = every("#top tbody tr[data-place]");

  function cards(choice) {
    every(".card", pick).forEach((card, at) => {
      one(".value", card).textContent = choice ? choice[0][at] : missing;
      one(".note span", card).textContent = whole[0][at];
      one(".note", card).hidden = choice === whole;
    });
  }
  function shape(name, attributes, text) {
    const node = document.createElementNS("http://www.w3.org/2000/svg", name);
    Object.entries(attributes).forEach(([key, found]) => node.setAttribute(key, found));
    if (text !== undefined) node.textContent = text;
    return node;
  }
  function line(figure, points, why) {  // points: [place of the month, number, text]
    const svg = one("svg", figure), chart = one(".chart", figure), none = one(".none", figure);
    svg.replaceChildren();
    none.hidden = points.length > 1;
    none.textContent = why;
    chart.hidden = !none.hidden;
    if (chart.hidden) return;
    const numbers = points.map((point) => point[1]);
    const high = Math.max(...numbers, 0), low = Math.min(...numbers, 0);
    const x = (month) => 8 + (264 * month) / Math.max(months.length - 1, 1);
    const y = (number) => 26 + 96 * (1 - (number - low) / (high - low || 1));
    const first = points[0], last = points[points.length - 1];
    svg.append(shape("path", { d: `M8 ${y(0)}H272`, stroke: "var(--line)" }));
    const way = points.map((point) => `${x(point[0]).toFixed(1)} ${y(point[1]).toFixed(1)}`).join("L");
    svg.append(shape("path", { d: `M${way}`, fill: "none", stroke: "var(--main)", "stroke-width": 2.5, "stroke-linejoin": "round" }));
    points.forEach((point) => {
      const end = point === last;
      const dot = shape("circle", { cx: x(point[0]), cy: y(point[1]), r: end ? 4 : 9, fill: "var(--main)", "fill-opacity": end ? 1 : 0 });
      dot.append(shape("title", {}, `${months[point[0]]}: ${point[2]}`));
      svg.append(dot);
    });
    const label = (point, anchor) => svg.append(shape("text", { x: x(point[0]), y: y(point[1]) - 10, "text-anchor": anchor, fill: "var(--ink)" }, point[2]));
    if (last[0] - first[0] > 2) label(first, "start");
    label(last, "end");
    if (last[0] - first[0] > 5) svg.append(shape("text", { x: x(first[0]), y: 142, "text-anchor": "start", fill: "var(--soft)" }, short[first[0]]));
    svg.append(shape("text", { x: x(last[0]), y: 142, "text-anchor": "end", fill: "var(--soft)" }, short[last[0]]));
    const title = one("figcaption", figure).textContent;
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", fill(words.line, { title, from: first[2], first: months[first[0]], to: last[2], last: months[last[0]] }));
  }
  function show() {
    const place = value("place"), segment = value("segment");
    const choice = choices[`${place}|${segment}`];
    const past = Object.keys(whole[1]).length > 1 ? words.few : words.once;
    const why = !choice ? words.small : segment !== "" && words.since ? words.since : past;
    const said = listed.length ? words.said : words.shown;
    cards(choice);
    every("figure", pick).forEach((figure, at) => {
      const known = Object.entries(choice ? choice[1] : {}).map(([month, found]) => [Number(month), ...found[at]]);
      line(figure, known.sort((a, b) => a[0] - b[0]), why);
    });
    let matching = 0;
    listed.forEach((row) => {
      row.hidden = (place !== "" && row.dataset.place !== place) || (segment !== "" && row.dataset.segment !== segment);
      matching += row.hidden ? 0 : 1;
    });
    const chosen = selects.map((select) => `${select.dataset.label}: ${select.selectedOptions[0].textContent}`).join(" · ");
    every(".chosen").forEach((told) => { told.textContent = fill(said, { chosen, n: matching, all: listed.length }); });
    every(".chosen-top").forEach((said) => { said.hidden = place === "" && segment === ""; });
  }
  function keep() {  // a link that is copied opens on the same choice
    const asked = selects.filter((select) => select.value !== "").map((select) => {
      const text = select.name === "place" ? select.selectedOptions[0].textContent : select.value;
      return `${select.name}=${encodeURIComponent(text)}`;
    });
    try {
      history.replaceState(null, "", asked.length ? `#slices&${asked.join("&")}` : "#slices");
    } catch {
      location.hash = ["slices", ...asked].join("&");  // where a page may not touch its history
    }
  }
  function restore() {
    const [where, ...asked] = location.hash.slice(1).split("&");
    if (where !== "slices" || !asked.length) return;
    const wanted = new URLSearchParams(asked.join("&"));
    selects.forEach((select) => {
      const option = [...select.options].find((found) => wanted.get(select.name) === (select.name === "place" ? found.textContent : found.value));
      select.value = option ? option.value : "";
    });
    show();
    one("#slices").scrollIntoView();
  }
  selects.forEach((select) => select.addEventListener("change", () => { show(); keep(); }));
  one("#pick-reset").addEventListener("click", () => {
    selects.forEach((select) => { select.value = ""; });
    show();
    keep();
    selects[0].focus();
  });
  addEventListener("hashchange", restore);
  pick.hidden = false;
  show();
  restore();
})();
