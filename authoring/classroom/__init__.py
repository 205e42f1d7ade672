"""Teacher's basics: a copy of the course for students, and marking what they hand in."""
