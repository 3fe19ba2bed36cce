// Asks for the page again and again and changes only what differs, so that focus, scrolling and a selection stay.
const here = location.origin + location.pathname; // without a password that may stand in the address
const gone = document.getElementById("gone");
let heard = new Date();

const exactly = {year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", second: "2-digit",
  timeZoneName: "short"};

function local(root) { // times as the reader's clock has them
  for (const time of root.querySelectorAll("time")) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString(undefined, exactly);
    if (time.className === "exact") time.textContent = moment.toLocaleString("sv-SE", exactly);
  }
}

function become(old, now) {
  if (old.isEqualNode(now)) return;
  if (old.nodeName !== now.nodeName || old.childNodes.length !== now.childNodes.length) return old.replaceWith(now);
  if (old.nodeType === Node.TEXT_NODE) return void (old.data = now.data);
  for (const name of old.getAttributeNames()) if (!now.hasAttribute(name)) old.removeAttribute(name);
  for (const name of now.getAttributeNames()) old.setAttribute(name, now.getAttribute(name));
  [...now.childNodes].forEach((child, at) => become(old.childNodes[at], child));
}

async function refresh() {
  try {
    const answer = await fetch(here, {cache: "no-store", signal: AbortSignal.timeout(8000)});
    if (!answer.ok) throw new Error(answer.status);
    const next = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (next.querySelector("script").src !== document.querySelector("script").src) location.reload(); // another version
    local(next);
    for (const part of ["title", "link[rel=icon]", "main"]) become(document.querySelector(part), next.querySelector(part));
    [heard, gone.textContent] = [new Date(), ""];
  } catch {
    const said = `No answer since ${heard.toLocaleTimeString(undefined, {timeZoneName: "short"})}. This is how it was then.`;
    if (gone.textContent !== said) gone.textContent = said; // told once
  }
  setTimeout(refresh, 5000);
}
local(document);
setTimeout(refresh, 5000);
