"""What the screens say: words, facts, rows. No widget is touched here.

A function `…_words` returns a sentence or a part of one, `…_facts` labelled lines of
the details, and `…_rows` rows of a table.
"""
