"""What a cycle learned about itself, told by its data; and how the next one begins from it."""
