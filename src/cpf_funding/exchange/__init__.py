"""Files that others write or read: certification registers and offers of training."""
