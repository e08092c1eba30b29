"""What everybody says about releases: public reports, the claims in them, their origins, and how they fit together.

A claim is a fact about speech: who says that which side released, owes or holds how many of whose people, when, counted
how. It is never averaged and never overwritten; only the verified record makes one verified.
"""
