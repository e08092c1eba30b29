"""Second implementations of the agreement's statuses, written from the format's reference alone, to compare with."""
