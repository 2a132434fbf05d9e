// Shows new texts and escalations without a reload; the page works without it. What is being typed is left alone.
"use strict";

const EVERY = 2000;
const PARTS = ["thread", "team", "tour"];

function scrollToNewest() {
  const thread = document.getElementById("thread");
  thread.scrollTop = thread.scrollHeight;
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const id of PARTS) {
      const now = document.getElementById(id);
      const fresh = page.getElementById(id);
      if (now === null || fresh === null || now.innerHTML === fresh.innerHTML) continue;
      now.innerHTML = fresh.innerHTML;
      if (id === "thread") scrollToNewest();
    }
  } catch {
    // The server is away for a moment: the next round asks again.
  }
}

// Enter sends, as on a phone; Shift and Enter makes a new line.
document.getElementById("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    event.target.form.requestSubmit();
  }
});

scrollToNewest();
setInterval(refresh, EVERY);
