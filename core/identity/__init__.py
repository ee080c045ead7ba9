"""Who is who: how handles hang together, the business's rules about it, and what a change of them
would do."""
