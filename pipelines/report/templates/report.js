"use strict";
(() => {
  const filter = document.getElementById("filter");
  const found = document.getElementById("found");
  const basis = document.getElementById("basis");
  const verdict = document.getElementById("verdict");
  const map = document.getElementById("map-picture");
  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const rows = [...document.querySelectorAll("[data-row]")].map((node) => ({ node, text: fold(node.textContent) }));
  const labels = map ? [...map.querySelectorAll("text")].map((node) => ({ node, text: fold(node.textContent) })) : [];

  const apply = () => {
    const words = fold(filter.value).split(/\s+/).filter(Boolean);
    const has = (text) => words.every((word) => text.includes(word));
    let shown = 0;
    for (const { node, text } of rows) {
      const keep = has(text)
        && (!basis || !basis.value || !node.dataset.basis || node.dataset.basis === basis.value)
        && (!verdict || !verdict.value || !node.dataset.verdict || node.dataset.verdict === verdict.value);
      node.hidden = !keep;
      shown += keep;
    }
    for (const node of document.querySelectorAll(".verdicts [data-basis]")) {
      node.hidden = Boolean(basis && basis.value && node.dataset.basis !== basis.value);
    }
    if (map) {
      map.classList.toggle("filtered", words.length > 0);
      for (const { node, text } of labels) node.classList.toggle("hit", words.length > 0 && has(text));
    }
    found.textContent = words.length ? `${shown} of ${rows.length} match` : "";
  };

  let waiting = 0;
  filter.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(apply, 80);
  });
  for (const choice of [basis, verdict]) if (choice) choice.addEventListener("change", apply);
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

  const asked = new URLSearchParams(location.search).get("q");
  if (asked) filter.value = asked;
  apply();
})();
