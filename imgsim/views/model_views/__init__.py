"""The parts of the page Models, each drawn only when it is looked at."""
