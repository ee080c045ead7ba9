// The frame of the console: navigation, which view is shown, and the live line.

import { accountView } from "./account.js";
import { leaveQuietly, read } from "./api.js";
import { conversationsView } from "./conversations.js";
import { customersView } from "./customers.js";
import { fill, h, redraw, toast } from "./dom.js";
import { icon } from "./icons.js";
import { identitiesView } from "./identities.js";
import { connect, listen } from "./live.js";
import { failure } from "./panes.js";
import { peopleView } from "./people.js";
import { playbookView } from "./playbook.js";
import { queueView } from "./queue.js";
import { me } from "./rights.js";
import { rulesView } from "./rules.js";
import { troubleView } from "./trouble.js";

const VIEWS = {
  queue: { name: "Queue", icon: "queue", needs: "see", show: queueView, count: "/handoffs", counted: (one) => one.rule !== "not-answerable" },
  conversations: { name: "Conversations", icon: "threads", needs: "see", show: conversationsView },
  customers: { name: "Customers", icon: "people", needs: "see", show: customersView },
  identities: { name: "Who is who", icon: "link", needs: "see", show: identitiesView, count: "/alarms" },
  playbook: { name: "Playbook", icon: "book", needs: "see", show: playbookView },
  rules: { name: "Rules", icon: "shield", needs: "rules", show: rulesView },
  trouble: { name: "Trouble", icon: "trouble", needs: "operate", show: troubleView, count: "/dead-letters", red: true },
  people: { name: "People", icon: "key", needs: "people", show: peopleView },
  account: { name: "Your account", needs: "nothing", show: accountView },
};
const counts = {};
let leave = () => {};
let shown = "";
let drawn = "";
let rights = new Set();

/** The views in the navigation: those of which one may see something. The server decides anyway. */
const offered = () => Object.entries(VIEWS).filter(([, view]) => rights.has(view.needs));

function place() {
  const [, , view, id] = location.pathname.split("/");
  const known = view === "account" || offered().some(([key]) => key === view);
  return { view: known ? view : (offered()[0]?.[0] ?? "account"), id };
}

/** Go to a page of the console without loading the document anew. */
function go(path) {
  if (path !== location.pathname + location.hash) history.pushState(null, "", path);
  show();
}

function show() {
  const { view, id } = place();
  shown = location.pathname;
  drawNavigation(view);
  document.title = `${VIEWS[view].name} · OneThread`;
  leave();
  leave = VIEWS[view].show(document.getElementById("main"), id, go) ?? (() => {});
}

function drawNavigation(current) {
  // A link that is replaced between press and release is never clicked: only what changes is drawn.
  const state = JSON.stringify([current, offered().map(([key]) => [key, counts[key] || 0])]);
  if (state === drawn) return;
  drawn = state;
  const links = offered().map(([key, view]) =>
    h(
      "a",
      { href: `/console/${key}`, "aria-current": key === current ? "page" : false },
      icon(view.icon),
      h("span", {}, view.name),
      counts[key] > 0 && h("span", { class: view.red ? "count red" : "count" }, String(counts[key])),
    ),
  );
  const navigation = document.getElementById("navigation");
  redraw(navigation, () => fill(navigation, links));
  // On a phone not all of them fit: the one that is shown is never the one out of sight.
  navigation.querySelector('[aria-current="page"]')?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

async function recount() {
  for (const [key, view] of offered()) {
    if (!view.count) continue;
    try {
      counts[key] = (await read(view.count)).filter(view.counted ?? (() => true)).length;
    } catch (problem) {
      if (problem.status === 0) return;
      toast(problem.message, "error");
    }
  }
  drawNavigation(place().view);
}

function showLine(state) {
  const line = document.getElementById("line");
  line.className = `line-state ${state}`;
  line.textContent = state === "live" ? "Live" : "Reconnecting …";
  document.body.classList.toggle("line-lost", state !== "live");
}

document.addEventListener("click", (click) => {
  const link = click.target.closest("a[href^='/console/']");
  if (!link || click.metaKey || click.ctrlKey || click.shiftKey || link.target) return;
  click.preventDefault();
  go(link.getAttribute("href"));
});
addEventListener("popstate", () => location.pathname !== shown && show()); // not for a #fragment
document.getElementById("sign-out").addEventListener("submit", leaveQuietly);

let recounting;
listen((event) => {
  if (!["handoff", "delivery", "identity", "reconnected"].includes(event.kind)) return;
  clearTimeout(recounting);
  recounting = setTimeout(recount, 150);
});

/** Learn who this is, then show what they may see. */
async function begin() {
  try {
    const one = await me();
    rights = new Set(one.rights);
    document.getElementById("who-am-i").textContent = one.name;
  } catch (problem) {
    return fill(document.getElementById("main"), failure(problem, begin));
  }
  if (rights.has("see")) connect(showLine);
  show();
  recount();
}

begin();
