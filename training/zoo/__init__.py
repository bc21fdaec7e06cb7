"""The systems this project descends from, trained, pruned and measured on our task: see docs/zoo.md."""
