"""From data packs to shipped models: train, prune, quantise, export, measure. Never imported by vcam."""
