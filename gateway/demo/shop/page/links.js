// Who Ada is to the shop: which of the places she writes from are one customer.

import { fill, h } from "/console/static/dom.js";
import { icon } from "/console/static/icons.js";

const PLACES = [
  ["phone", "phone", "phone"],
  ["mail", "mail", "mail address"],
  ["slack", "room", "Slack"],
  ["web", "chat", "login"],
];

const $ = (id) => document.getElementById(id);

/** `story.known` are the places she has written from, `story.joined` those that are one customer. */
export function showLinks({ known, joined }, act) {
  const apart = known.filter((place) => !joined.includes(place));
  $("link-bar").classList.toggle("linked", joined.length > 1);
  fill($("link-chain"), PLACES.map(([place, picture, name]) => {
    const state = joined.includes(place) ? "joined" : known.includes(place) ? "known" : "unknown";
    return h("li", { class: state, title: `${name}: ${WORDS[state]}` }, icon(picture), h("span", { class: "visually-hidden" }, `${name}: ${WORDS[state]}`));
  }));
  $("link-text").textContent = words(known, joined, apart);
  const joins = joined.length > 1 && !apart.length ? "unlink" : known.length > 1 ? "link" : null;
  $("link-button").hidden = !joins;
  $("link-button").textContent = joins === "unlink" ? "Unlink" : "Link them";
  $("link-button").className = joins === "link" ? "button small primary" : "button small";
  $("link-button").onclick = act[joins ?? "link"];
}

const WORDS = { joined: "the same customer", known: "a stranger so far", unknown: "not used yet" };

function words(known, joined, apart) {
  if (known.length < 2) return "Wherever Ada writes from, the shop meets a stranger until it is shown that it is her.";
  const rest = apart.map(nameOf).join(" and ");
  if (joined.length < 2) return `To the shop, her ${known.map(nameOf).join(" and her ")} are strangers to each other.`;
  const one = `Her ${joined.map(nameOf).join(", her ").replace(/, ([^,]*)$/, " and $1")} are one customer.`;
  return apart.length ? `${one} Her ${rest} is not, yet.` : one;
}

const nameOf = (place) => PLACES.find(([one]) => one === place)[2];
