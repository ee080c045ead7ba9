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
    let kept = this.memory;
    try {
      const text = window.localStorage.getItem(this.key);
      if (text) kept = JSON.parse(text);
    } catch {
      // Blocked: the page's own memory has it.
    }
    return { token: null, conversation: null, seen: 0, queue: [], ...kept };
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

/** A random UUID (RFC 9562, version 4); `crypto.randomUUID` is missing on pages without TLS. */
export function uuid() {
  const words = [...crypto.getRandomValues(new Uint16Array(8))];
  words[3] = (words[3] & 0xfff) | 0x4000;
  words[4] = (words[4] & 0x3fff) | 0x8000;
  return words.map((one, at) => (at > 1 && at < 6 ? "-" : "") + one.toString(16).padStart(4, "0")).join("");
}
