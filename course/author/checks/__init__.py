"""What ``course check`` looks at; each module checks one thing and reports ``Problem``s."""
