// What an address on a channel is called by people.

/** A handle's key in words: "+44 …", "jane@example.com, not proved", "Slack member U0ADA". */
export function handleWords(key) {
  const at = key.indexOf(":");
  const kind = key.slice(0, at);
  // A handle whose address went to somebody else has its id behind it.
  const [, address, id] = /^(.*?)(#\d{15,19})?$/s.exec(key.slice(at + 1));
  return calledBy(kind, address) + (id ? ", retired" : "");
}

function calledBy(kind, address) {
  if (kind === "visitor") return "anonymous visitor";
  if (kind === "login") return `login “${address}”`;
  if (kind === "external") return `the shop’s id “${address}”`;
  if (kind === "slack") return `Slack member ${address.split(":").at(-1)}`;
  return kind === "unproved-email" ? `${writtenUnder(address)}, not proved` : address;
}

/** The address somebody wrote under; what stands behind it names the thread. */
function writtenUnder(address) {
  const at = address.indexOf("@");
  const end = address.indexOf("/", at);
  return end < 0 ? address : address.slice(0, end);
}

/** How many bytes, as people say it. */
export function sizeWords(bytes) {
  if (bytes === null || bytes === undefined) return "size not known";
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 * 1024 ? `${Math.round(bytes / 1024)} KB` : `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
