"""What of a mail is new: without quotations, signatures, and what we wrote ourselves."""
