"""The turns of customers: waited for, worked, recorded, explained, decided anew."""
