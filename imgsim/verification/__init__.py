"""What local geometry says of two plates: candidates, transforms, verdicts, the table of matches."""
