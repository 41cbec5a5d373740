"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const shownHits = 12;

  // A link into something folded unfolds it; so does the address the page was opened with.
  const reveal = (id) => {
    const target = id && byId(decodeURIComponent(id));
    if (!target) return;
    for (let node = target; node; node = node.parentElement) if (node.tagName === "DETAILS") node.open = true;
    const first = target.tagName === "SECTION" && target.querySelector("details.fold");
    if (first) first.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", () => reveal(location.hash.slice(1)));
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.hash === location.hash) reveal(link.hash.slice(1));
  });

  for (const button of document.querySelectorAll(".copy")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const label = button.firstChild;
      try {
        await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
        label.textContent = "Copied";
      } catch {
        label.textContent = "Not allowed";
      }
      setTimeout(() => { label.textContent = "Copy"; }, 2000);
    });
  }

  const filter = byId("filter");
  if (!filter) return reveal(location.hash.slice(1));
  const verdict = byId("verdict");
  const map = byId("map-picture");
  const rows = [...document.querySelectorAll("[data-row]")].map((node) => ({ node, text: fold(node.textContent) }));
  const labels = map ? [...map.querySelectorAll("text")].map((node) => ({ node, text: fold(node.textContent) })) : [];

  // The index is inflated when somebody searches: a line per keyword, an empty one, a line per paper.
  let index = null;
  const readIndex = async () => {
    const bytes = Uint8Array.from(atob(byId("index").content.textContent), (sign) => sign.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    const parts = (await new Response(stream).text()).split("\n");
    const end = parts.indexOf("");
    const read = (line) => {
      const values = line.split("\t");
      return { values, text: fold(values[0]), ids: fold(values[2]) };
    };
    const keywords = parts.slice(0, end).map(read);
    const papers = parts.slice(end + 1).filter(Boolean).map(read);
    for (const paper of papers) {
      paper.about = paper.values[3].split(" ").filter(Boolean).map((place) => keywords[parseInt(place, 16)]);
    }
    return { keywords, papers };
  };

  const count = (number, word) => `${number.toLocaleString("en")} ${word}${number === 1 ? "" : "s"}`;
  const wordsOf = (text) => fold(text).split(/\s+/).filter(Boolean);
  const make = (tag, text, name) => {
    const node = document.createElement(tag);
    node.textContent = text;
    if (name) node.className = name;
    return node;
  };
  const list = (id, hits, describe) => {
    const items = hits.slice(0, shownHits).map((hit) => {
      const item = document.createElement("li");
      item.append(...describe(hit.values, hit));
      return item;
    });
    if (hits.length > shownHits) {
      items.push(make("li", `and ${(hits.length - shownHits).toLocaleString("en")} more: another word narrows it`, "muted"));
    }
    if (!hits.length) items.push(make("li", "none", "none"));
    byId(id).replaceChildren(...items);
  };
  const describeKeyword = ([keyword, papers, abbreviation]) => [
    keyword + (abbreviation ? ` (${abbreviation}) ` : " "),
    make("span", count(Number(papers), "paper"), "muted small"),
  ];
  const describePaper = ([title, year, id], keyword) => {
    const isArxiv = /^(\d{4}\.\d{4,5}|[a-z-]+(\.[A-Z]{2})?\/\d{7})(v\d+)?$/.test(id);
    const name = make(isArxiv ? "a" : "span", title);
    if (isArxiv) {
      name.href = `https://arxiv.org/abs/${id}`;
      name.rel = "noreferrer";
    }
    const why = keyword ? ` on ${keyword.values[0]}` : "";
    return [name, make("span", ` ${year} ${id}${why}`, "muted small")];
  };

  let asked = 0;
  const search = async (words, onPage) => {
    const turn = ++asked;
    byId("results").hidden = !words.length;
    if (!words.length) return;
    try {
      index ??= await readIndex();
    } catch {
      byId("found").textContent = `This browser cannot read the index. ${onPage}`;
      return;
    }
    if (turn !== asked) return;
    const isIn = (entry) => words.every((word) => entry.text.includes(word) || entry.ids.includes(word));
    const phrase = words.join(" ");
    // Those that are or begin with what was typed come first, then those of most papers.
    const rank = (entry) => (entry.text === phrase || entry.ids === phrase ? 0 : entry.text.startsWith(phrase) ? 1 : 2);
    const keywords = [0, 1, 2].flatMap((place) => index.keywords.filter((entry) => isIn(entry) && rank(entry) === place));
    const hits = new Set(keywords);
    const titled = index.papers.filter(isIn);
    const about = index.papers.filter((paper) => !isIn(paper) && paper.about.some((keyword) => hits.has(keyword)));
    const papers = [...titled, ...about];
    list("found-keywords", keywords, describeKeyword);
    list("found-papers", papers, (values, paper) => describePaper(values, paper.about.find((keyword) => hits.has(keyword))));
    byId("found").textContent = `Found: ${count(keywords.length, "keyword")}, ${count(papers.length, "paper")}. ${onPage}`;
  };

  // What was folded before somebody searched is folded again after it.
  const opened = new Set();
  const unfold = (node) => {
    for (let parent = node.parentElement; parent; parent = parent.parentElement) {
      if (parent.tagName === "DETAILS" && !parent.open) {
        parent.open = true;
        opened.add(parent);
      }
    }
  };

  const apply = () => {
    const words = wordsOf(filter.value);
    const has = (text) => words.every((word) => text.includes(word));
    const chosen = verdict && verdict.value;
    for (const details of opened) details.open = false;
    opened.clear();
    let shown = 0;
    for (const { node, text } of rows) {
      const keep = has(text) && (!chosen || !node.dataset.verdict || node.dataset.verdict === chosen);
      node.hidden = !keep;
      shown += keep;
      if (keep && (words.length || (chosen && node.dataset.verdict))) unfold(node);
    }
    if (map) {
      map.classList.toggle("filtered", words.length > 0);
      for (const { node, text } of labels) node.classList.toggle("hit", words.length > 0 && has(text));
    }
    return search(words, `${shown} of ${rows.length} entries of this page match.`);
  };

  let waiting = 0;
  filter.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 120);
  });
  if (verdict) verdict.addEventListener("change", apply);
  document.addEventListener("keydown", (event) => {
    const typing = /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName);
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      filter.focus();
    } else if (event.key === "Escape" && event.target === filter) {
      filter.value = "";
      apply();
    }
  });

  const query = new URLSearchParams(location.search).get("q");
  if (query) filter.value = query;
  if (query || (verdict && verdict.value)) apply();
  reveal(location.hash.slice(1));
})();
