"""Learning intents from a playbook's examples: training, versions, trials, suggestions."""
