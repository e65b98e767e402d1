"""What the analyst types."""
