"""Who is who while the gateway runs: rules in force, proofs by code, suggestions, going on
elsewhere."""
