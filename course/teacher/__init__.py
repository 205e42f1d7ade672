"""What a teacher types: student copies, marking, a lesson's sheet."""
