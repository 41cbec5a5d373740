"""The digest: what is new, trending, rising and returning in a day or week, for reading, for feeds and by mail.

What belongs here: choosing items for a reader (`items`), writing them down (`writing`), who wants them
(`subscriptions`), and sending them (`mail`). Which items there are, and each sentence, is `marts.digest_items`' to say.
"""
