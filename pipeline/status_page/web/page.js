/* What the status page can do better with a script: it refreshes in place. Without it the browser loads it again. */
"use strict";

(() => {
  const live = document.getElementById("live"), every = Number(live?.dataset.every);
  if (!every) return;
  const said = document.getElementById("said");
  const linkOf = (one) => (one?.closest?.("#live") ? one.getAttribute("href") : null);

  /* not while somebody marks a text, as of a command to copy */
  const isUsed = () => {
    const marked = document.getSelection();
    return marked !== null && !marked.isCollapsed && live.contains(marked.anchorNode);
  };

  async function refresh() {
    if (document.hidden || isUsed()) return;
    let text;
    try {
      const answer = await fetch(location.href, { credentials: "same-origin", signal: AbortSignal.timeout(40000) });
      if (!answer.ok) throw new Error(String(answer.status));
      text = await answer.text();
    } catch {
      document.getElementById("lost").hidden = false;
      return;
    }
    const fresh = new DOMParser().parseFromString(text, "text/html"), its = fresh.getElementById("live");
    if (!its || isUsed()) return;
    const before = document.getElementById("headline").textContent, link = linkOf(document.activeElement);
    live.replaceChildren(...its.childNodes);
    document.title = fresh.title;
    if (link) [...live.querySelectorAll("a")].find((one) => one.getAttribute("href") === link)?.focus({ preventScroll: true });
    const now = document.getElementById("headline").textContent;
    if (now !== before) said.textContent = now;
  }

  async function again() {
    await refresh();
    setTimeout(again, every * 1000);
  }
  setTimeout(again, every * 1000);
  document.addEventListener("visibilitychange", refresh);
})();
