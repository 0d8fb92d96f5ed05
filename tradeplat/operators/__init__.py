"""What every page of the admin is made of: history that nobody edits, and deeds with a reason."""
