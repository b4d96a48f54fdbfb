"""What the program is compared with: the least that Textual can do for the same screen."""
