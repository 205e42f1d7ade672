"""What start.py needs before anything is installed, and the course afterwards: standard library only."""
