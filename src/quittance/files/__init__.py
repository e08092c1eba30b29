"""Files on disk: the folder of a case, inputs within limits, the examples that come with the program."""
