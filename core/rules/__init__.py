"""What should be: pure functions that return a Decision and explain themselves."""
