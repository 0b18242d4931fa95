"""Textometry: what French analysts read beside a table of themes, as pure functions over counts and texts.

Specificities (Lafon), correspondence analysis (Benzécri), graph of words that stand together, tree of themes,
concordance, themes cited together, intervals of shares. No function here reads a table or writes a file.
"""
