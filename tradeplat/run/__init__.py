"""Running the whole platform on one machine: children, their logs, and who restarts them."""
