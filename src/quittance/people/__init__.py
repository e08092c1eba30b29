"""People on lists: entries as they were handed over, their names, births and places, and which may be one person.

Pure: no disk, no clock, no chance. What a list says is kept as it was written (`model`); everything else here is
derived from it and can be derived again.
"""
