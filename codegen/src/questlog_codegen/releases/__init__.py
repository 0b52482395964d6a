"""What is frozen, who remembers it, and the versions that follow from it."""
