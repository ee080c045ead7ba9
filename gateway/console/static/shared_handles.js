// What people know of an address: that several use it, that it is one person's, or somebody else's by now.

import { change } from "./api.js";
import { h } from "./dom.js";
import { handleWords } from "./handles.js";
import { decide } from "./sheets.js";

/** Ask why, then mark the handle, or take the mark away. */
export function markShared(handle, done) {
  const name = handleWords(`${handle.kind}:${handle.address}`);
  decide({
    title: handle.shared ? `Is ${name} one person's?` : `Do several people use ${name}?`,
    content: h("p", {}, handle.shared
      ? "It will count as one person's again: what is read over it is decided by its links alone."
      : "A shared address proves no person: nothing of other channels is read from it, and rules join nobody over it. Links that there are stay."),
    reason: "How do you know?",
    confirm: handle.shared ? "Not shared" : "Mark as shared",
    act: (reason) => change(`/handles/${handle.id}/shared`, { shared: !handle.shared, reason }),
    told: handle.shared ? "It is one person's again." : "Marked as shared.",
    done,
  });
}

/** Whether a handle is of a kind that somebody else may have one day. */
export const mayChangeHands = (handle) => handle.kind === "phone" || handle.kind === "email";

/** Ask how it is known that somebody else has the address by now, then let it begin anew. */
export function passOn(handle, done) {
  const name = handleWords(`${handle.kind}:${handle.address}`);
  decide({
    title: `Does ${name} belong to somebody else now?`,
    content: h("p", {}, "Whoever writes from it next begins anew and reads nothing of before. What was said from it stays with this customer, and what is still to be sent there is not."),
    reason: "How do you know?",
    confirm: "It has a new owner",
    danger: true,
    act: (reason) => change(`/handles/${handle.id}/retire`, { reason }),
    told: "The address begins anew.",
    done,
  });
}
