"""Names in any script: what a cell says, which spellings are one word, and how much a pair of words weighs.

A cell is kept as written for ever; everything here is derived from it and can be rebuilt. `folding` undoes what
keyboards, files and fonts did to letters, and names every rule that fired. `name` cuts a cell into names and a
name into tokens, with titles, kunyas, particles and remarks set apart. `skeleton` gives each token a consonant
key that is equal across scripts. `channel` weighs a pair of tokens: how much better one explains the other than
chance does, in nats, by tables that `training` learned from public word pairs. `frequency` says how common a
skeleton is in a background population.

Nothing here reads a clock, draws chance or writes a file; the same cell gives the same answer everywhere.
"""
