"""What authors and teachers use and lessons never import."""
