"""The vault: personal data outside the log, so that a person can be erased while every old proof still verifies.

Each person has a key of their own. It seals the person's values (`seal`) and the salts of the commitments that the log
holds; it is itself wrapped by one key-encryption key that is never kept with the file. `store` is the file, `backup`
copies it in two encrypted halves, `shares` splits the key-encryption key among people. Erasing a person destroys the
wrapped key, the salts and the values; what remains in the log are random-looking bytes that nobody can open or guess.

`seal` and `columns` are pure; chance is an argument everywhere.
"""
