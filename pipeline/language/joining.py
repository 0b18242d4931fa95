"""What must stay one token: amounts, URLs, e-mail addresses, emoji, smileys, inclusive forms, « aujourd'hui »."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

# No repetition is without end: a text of a million digits would be read again from each of them.
_NUMBER: Final = r"\d{1,3}(?: \d{3}){1,9}(?:[.,]\d{1,30})?|\d{1,30}(?:[.,]\d{1,30}){0,9}"
_SIGN: Final = r"(?:[kKmM]?[€$£]|[%‰])"
_APART: Final = r"\d{1,3}(?: \d{3}){1,9}(?:,\d{1,30})?(?!\d)"
AMOUNT: Final = rf"[-+±]?(?:(?:{_NUMBER})(?: ?{_SIGN})|{_APART}|[€$£] ?(?:{_NUMBER}))"
"""A number with its sign (« 10 000 € », « 3% », « 50k€ »), or one whose thousands are set apart (« 10 000 »)."""

_EMOJI: Final = (
    r"(?:[\U0001F1E6-\U0001F1FF]{2}"
    r"|[#*0-9]\ufe0f?\u20e3"
    r"|[\U0001F300-\U0001FAFF\u2600-\u27BF\u2B00-\u2BFF\u2190-\u21FF\u231A-\u23FF](?:\ufe0f|[\U0001F3FB-\U0001F3FF])*"
    r"(?:\u200d[\U0001F300-\U0001FAFF\u2600-\u27BF](?:\ufe0f|[\U0001F3FB-\U0001F3FF])*)*)"
)
_SMILEY: Final = r"(?<![\w:;])(?:[:;=]['’]?-?[)(DPpoO/|*]|<3|\^\^|x[dD])(?!\w)"
_URL: Final = r"(?:https?://|www\.)[^\s<>«»\"]*[^\s<>«»\".,;:!?)\]'’…]"
_DOMAINS: Final = "fr|com|org|net|eu|gouv|info|be|ch|re"
_DOMAIN: Final = rf"(?<![\w.@-])[\w-]+(?:\.[\w-]+)*\.(?:{_DOMAINS})(?![\w-])(?:/[^\s<>«»\"]*[^\s<>«»\".,;:!?)\]'’…])?"
_EMAIL: Final = r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
# « citoyen·ne·s », « élu(e)s », « tous.tes », « citoyen-ne-s », « habitant.e.s »
_ENDING: Final = (
    r"(?:e|ne|le|te|fe|ve|se|ère|ere|rice|trice|euse|ice|esse|es|nes|les|tes|ves|ses|ères|rices|trices|euses)"
)
_INCLUSIVE: Final = (
    rf"[^\W\d_]{{2,}}(?:[·•‧⋅∙]{_ENDING}(?:[·•‧⋅∙]?s)?|[.]{_ENDING}[.]s|(?-i:\.(?:e|ne|trice|rice|euse)s?)(?![^\W_])"
    rf"|\({_ENDING}\)s?|\({_ENDING}s\)|\(s\)|-(?:e|ne|le|trice|rice)-s|/{_ENDING}[/.-]?s?(?![^\W_]))(?![^\W_])"
)
_ALL: Final = r"tou(?:s[./]toutes|tes[./]tous|[st]?[.·/]te[.·/-]?s|s[.·/]tes)(?![^\W_])"
_TODAY: Final = r"aujourd ?'? ?hui"

_JOINED: Final = re.compile(
    rf"(?P<email>{_EMAIL})|(?P<url>{_URL}|{_DOMAIN})|(?P<amount>(?<![\w.,]){AMOUNT}(?!\w))|(?P<emoji>{_EMOJI})"
    rf"|(?P<smiley>{_SMILEY})|(?P<inclusive>(?<![^\W_]){_INCLUSIVE}|(?<![^\W_]){_ALL})|(?P<word>(?<![^\W_]){_TODAY}|quelqu'une?(?!\w))"
    # « trop cher.il faut »: a stop without a space after it is a token between two.
    rf"|(?P<stop>(?<=[^\W\d_][^\W\d_])[.!?;…]+(?=[^\W\d_]{{2}})(?!\.(?:{_DOMAINS}|pdf|html?|php)\b))",
    re.IGNORECASE,
)
_MAY_JOIN: Final = re.compile(r"[^\w\s,;!?\"'’.-]|\d|[.;!?·•-]\w|www\.|hui\b|quelqu'|:|\^", re.IGNORECASE)
_INCLUSIVE_PART: Final = re.compile(r"[·•‧⋅∙./(-]")


class Joined(NamedTuple):
    """A part of a chunk that is one token: where it stands, and what the tagger reads in its place."""

    start: int
    end: int
    kind: str
    form: str


def joined(chunk: str) -> list[Joined]:
    """Return the parts of `chunk` that are one token each, in order.

    Parameters
    ----------
    chunk : str
        A run of characters between spaces, or an amount with the spaces inside it.
    """
    if not _MAY_JOIN.search(chunk):
        return []
    found = []
    for match in _JOINED.finditer(chunk):
        kind = match.lastgroup
        assert kind is not None
        found.append(Joined(match.start(), match.end(), kind, _read_as(kind, match.group())))
    return found


def _read_as(kind: str, text: str) -> str:
    if kind == "inclusive":
        return _masculine(text)
    if kind == "amount":
        return "".join(text.split()).rstrip("€$£%‰kKmM") or text
    return "".join(text.split())


def _masculine(text: str) -> str:
    """Return the masculine form of an inclusive one, in its number: « citoyen·ne·s » → « citoyens »."""
    head = _INCLUSIVE_PART.split(text, maxsplit=1)[0]
    plural = text.rstrip(")/.").lower().endswith("s") and not head.lower().endswith(("s", "x"))
    return head + ("s" if plural else "")
