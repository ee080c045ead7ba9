"""How mail goes out: composed, signed, handed in by SMTP, and what a refusal means."""
