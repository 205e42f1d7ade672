"""What a learner types: a module for each command, and what several of them share."""
