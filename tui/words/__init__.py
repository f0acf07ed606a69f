"""What the screens and commands say: each subject in words, as text, columns and lines, nothing drawn."""
