/* What the pages can do better with a script: times in the reader's zone, keys, the live list. Without it they are whole. */
"use strict";

(() => {
  const HOUR = 3600, DAY = 86400;
  const said = document.getElementById("said");

  /* times: relative within a day, and the reader's own zone */
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const exact = new Intl.DateTimeFormat(navigator.language, { dateStyle: "long", timeStyle: "short" });
  const short = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
  function showTimes(inside) {
    for (const time of inside.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime), ago = (Date.now() - at) / 1000;
      if (isNaN(at)) continue;
      time.title = exact.format(at);
      if (ago < -60 || ago >= DAY) time.textContent = short.format(at);
      else if (ago < 60) time.textContent = "just now";
      else if (ago < HOUR) time.textContent = relative.format(-Math.floor(ago / 60), "minute");
      else time.textContent = relative.format(-Math.floor(ago / HOUR), "hour");
    }
  }
  showTimes(document);
  setInterval(() => showTimes(document), 60000);

  /* keys */
  const box = document.getElementById("q"), keys = document.getElementById("keys"), on = document.getElementById("keys-on");
  function stored(value) {
    try {
      if (value !== undefined) localStorage.setItem("keys", value);
      return localStorage.getItem("keys");
    } catch { return null; }
  }
  on.checked = stored() !== "off";
  on.addEventListener("change", () => stored(on.checked ? "on" : "off"));
  for (const button of document.querySelectorAll("[data-keys]")) {
    button.hidden = false;
    button.addEventListener("click", () => keys.showModal());
  }
  const items = () => [...document.querySelectorAll("[data-item]")].filter((one) => one.offsetParent !== null);
  const target = (item) => item.querySelector("h2 a, h3 a") || item;
  function move(step) {
    const all = items();
    if (!all.length) return;
    const at = all.findIndex((one) => one.contains(document.activeElement));
    const next = at < 0 ? (step > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, at + step));
    target(all[next]).focus({ focusVisible: true });
    all[next].scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const here = event.target;
    if (event.key === "Escape" && here === box) { box.blur(); return; }
    if (here.closest("input, textarea, select, dialog, [contenteditable]")) return;
    if (event.key === "?") { event.preventDefault(); keys.showModal(); return; }
    if (!on.checked) return;
    if (event.key === "/") { event.preventDefault(); box.focus(); box.select(); }
    else if (event.key === "j") { event.preventDefault(); move(1); }
    else if (event.key === "k") { event.preventDefault(); move(-1); }
    else if (event.key === "o") {
      const item = here.closest("[data-item]"), link = item && item.querySelector("h2 a, h3 a, a.lasting");
      if (link) { event.preventDefault(); link.click(); }
    }
  });

  /* the live list: each event is the whole list */
  const live = document.querySelector("[data-live]");
  if (live && "EventSource" in window) {
    live.hidden = false;
    const list = live.querySelector("ol");
    let known = null;
    const source = new EventSource(live.dataset.live);
    source.addEventListener("latest", (event) => {
      const latest = JSON.parse(event.data);
      const fresh = latest.filter((one) => known && !known.has(one.article_id));
      list.replaceChildren(...latest.map((one) => entry(one, fresh.includes(one))));
      showTimes(list);
      known = new Set([...(known || []), ...latest.map((one) => one.article_id)]);
      if (fresh.length === 1) said.textContent = `New: ${fresh[0].headline}`;
      else if (fresh.length) said.textContent = `${fresh.length} new stories`;
    });
    addEventListener("pagehide", () => source.close());
  }
  function entry(one, fresh) {
    const item = document.createElement("li"), link = document.createElement("a"), meta = document.createElement("span"), by = document.createElement("bdi");
    link.href = `/articles/${encodeURIComponent(one.article_id)}`;
    link.textContent = one.headline;
    item.dir = "auto";
    if (one.language) link.lang = one.language;
    by.textContent = one.publisher || "";
    meta.className = "meta";
    meta.append(by);
    if (one.shown_at) {
      const time = document.createElement("time");
      time.dateTime = one.shown_at;
      time.dir = "ltr";
      meta.append(time);
    }
    if (fresh) item.className = "new";
    item.append(link, meta);
    return item;
  }

  /* a saved search: what is told of it while its page is open */
  const told = document.querySelector("[data-alerts]");
  if (told && "EventSource" in window) {
    const source = new EventSource(told.dataset.alerts);
    for (const type of ["story.matched", "story.updated", "story.withdrawn"]) source.addEventListener(type, (event) => hear(JSON.parse(event.data)));
    addEventListener("pagehide", () => source.close());
  }
  function hear(alert) {
    const of = (name, value) => told.querySelector(`[data-${name}="${CSS.escape(value)}"]`);
    if (of("alert", alert.id)) return;
    const before = of("article", alert.article.article_id), gone = alert.type === "story.withdrawn";
    if (gone && !before) return;
    const item = document.createElement("article"), meta = document.createElement("p"), time = document.createElement("time");
    item.className = "item";
    Object.assign(item.dataset, { alert: alert.id, article: alert.article.article_id });
    meta.className = "meta";
    time.dateTime = alert.at;
    time.dir = "ltr";
    if (gone) meta.append("A story was withdrawn · ", time);
    else {
      const title = document.createElement("h3"), link = document.createElement("a"), by = document.createElement("bdi");
      item.dataset.item = "";
      item.dir = "auto";
      if (alert.article.language) title.lang = alert.article.language;
      link.href = `/articles/${encodeURIComponent(alert.article.article_id)}`;
      link.textContent = alert.article.headline || "Without a headline";
      title.append(link);
      by.className = "publisher";
      by.textContent = alert.article.publisher || "";
      meta.append(by, " · ", time, alert.type === "story.updated" ? " · updated" : "");
      item.append(title);
    }
    item.append(meta);
    for (const empty of told.querySelectorAll(".missing")) empty.remove();
    if (gone) before.replaceWith(item);
    else {
      if (before) before.remove();
      told.prepend(item);
    }
    showTimes(item);
    said.textContent = gone ? "A story was withdrawn" : `New: ${alert.article.headline || "a story"}`;
  }

  /* what changes something is sent once, however often it is clicked */
  for (const form of document.querySelectorAll('form[method="post"]')) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      form.dataset.sent = "1";
    });
    addEventListener("pageshow", () => delete form.dataset.sent);
  }

  /* filters: closed on a phone, open beside the results elsewhere */
  const drawer = document.querySelector("details.drawer");
  if (drawer && matchMedia("(max-width: 58rem)").matches) drawer.open = false;
})();
