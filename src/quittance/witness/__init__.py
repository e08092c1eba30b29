"""A witness of a log, by C2SP tlog-witness v1.0.0: a party's laptop, a guarantor's server, an outside body.

It sees the origin, size and root of a log and nobody in it. `request` is the two messages, `decide` the rules, `store`
the memory, `witness` the three together; `http` serves it, `courier` asks it over a network or through two files, and
`compare` is what two parties do with their checkpoints when they meet. `request`, `decide` and `compare` are pure.
"""
