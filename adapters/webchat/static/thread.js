// The thread as the visitor knows it: what the gateway numbered, then what is still on its way.

export class Thread {
  constructor() {
    this.clear();
  }

  clear() {
    this.numbered = new Map();
    this.bySeq = [];
    this.pending = new Map();
    this.last = 0;
  }

  /** Forget what the gateway told, as when it tells the thread anew; keep what is not sent yet. */
  restart() {
    this.numbered = new Map();
    this.bySeq = [];
    this.last = 0;
  }

  /** A message of the gateway's log; false when it is known already. */
  add(message) {
    if (message.client_id) this.pending.delete(message.client_id);
    this.last = Math.max(this.last, message.seq);
    if (this.numbered.has(message.seq)) return false;
    const key = message.client_id || `seq-${message.seq}`;
    this.numbered.set(message.seq, { ...message, key, at: new Date(message.at), state: "stored" });
    this.bySeq = [...this.numbered.keys()].sort((a, b) => a - b);
    return true;
  }

  /** A message of this page's visitor, not stored yet. */
  expect({ client_id, text, quick_reply = null, at, file = null }) {
    this.pending.set(client_id, {
      key: client_id,
      client_id,
      text,
      quick_reply,
      file,
      attachments: file ? [file] : [],
      author: "customer",
      at: new Date(at),
      state: "sending",
      quick_replies: [],
    });
  }

  stored(client_id, seq) {
    const waiting = this.pending.get(client_id);
    if (waiting) this.add({ ...waiting, seq });
    else this.last = Math.max(this.last, seq);
    return Boolean(waiting);
  }

  failed(client_id, reason) {
    const waiting = this.pending.get(client_id);
    if (waiting) Object.assign(waiting, { state: "failed", reason });
  }

  /** Everything in the order to show it: by the gateway's numbers, never by a clock. */
  get messages() {
    return [...this.bySeq.map((seq) => this.numbered.get(seq)), ...this.pending.values()];
  }

  /** Who answered last, which is who is expected to answer next. */
  get answering() {
    return this.messages.findLast((one) => one.author !== "customer") ?? null;
  }

  unread(seen) {
    return this.bySeq.filter((seq) => seq > seen && this.numbered.get(seq).author !== "customer").length;
  }
}
