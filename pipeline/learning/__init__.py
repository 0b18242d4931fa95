"""What people decided about answers, learned: an assigner, whether it takes over, and what to review next."""
