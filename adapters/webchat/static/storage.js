// What outlives the page: the token to come back with, what was seen, what is not sent yet (bounded),
// and the brand's colour.
// Where storage is blocked it lives as long as the page. Messages themselves are never kept.

/** How many messages may wait to be sent. */
export const MOST_WAITING = 50;

export class Storage {
  constructor(key) {
    this.key = `onethread:${key}`;
    this.memory = null;
  }

  read() {
    try {
      const text = window.localStorage.getItem(this.key);
      const kept = text ? JSON.parse(text) : this.memory;
      return { token: null, conversation: null, seen: 0, queue: [], ...kept };
    } catch {
      return { token: null, conversation: null, seen: 0, queue: [], ...this.memory };
    }
  }

  /** Change some fields; reads first, since another tab may have written meanwhile. */
  write(change) {
    const before = this.read();
    const after = { ...before, ...(typeof change === "function" ? change(before) : change) };
    this.memory = after;
    try {
      window.localStorage.setItem(this.key, JSON.stringify(after));
    } catch {
      // Blocked or full: the page's own memory has it.
    }
  }
}

/** A random UUID; `crypto.randomUUID` is missing on pages without TLS. */
export function uuid() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = [...bytes].map((one) => one.toString(16).padStart(2, "0")).join("");
  return [0, 8, 12, 16, 20].map((at, n) => hex.slice(at, [8, 12, 16, 20, 32][n])).join("-");
}
