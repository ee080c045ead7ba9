// Marking an address as one that several people use, or as one person's again.

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
