"""What an author types: building, checking, measuring, exporting lessons."""
