"""The tables: what is stored, and what each holds of customers."""
