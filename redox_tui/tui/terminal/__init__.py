"""What is sent to the terminal: the frames that Textual draws, cut down to what changes on the screen."""
