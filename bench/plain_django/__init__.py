"""What somebody would write instead: a petition's form as a plain Django view, with ORM and forms.

It does the same job for the same form (checks it, stores the attempt, queues the mail, answers 303), and is
spared what Undersign does besides: nothing is sealed or hashed, there are no sessions, no CSRF check, no
partitions, and no second index on any table.
"""
