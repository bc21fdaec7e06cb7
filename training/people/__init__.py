"""Invented people: body, pose, clothes and a rasteriser; ``training.figures`` draws them."""
