"""Commands of imgsim for the terminal, a module each."""
