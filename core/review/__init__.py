"""The only code that may move or delete a file of the user."""
