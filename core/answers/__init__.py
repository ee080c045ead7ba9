"""What the product says where a playbook has no words of its own, in English, and in whose words
something is said."""
