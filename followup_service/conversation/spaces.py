"""Puts right a space that was forgotten or struck too much: "yelloweyes", "fe ver"."""

from collections.abc import Callable, Mapping, Sequence

from followup_service.conversation.normalise import Normalised
from followup_service.conversation.tokens import Token

Unknown = Mapping[str, int | None]


def put_spaces_right(source: Normalised, tokens: Sequence[Token], unknown: Unknown, are_one: Callable[[str, str], bool]) -> Normalised:
    """`unknown` has for each word that no lexicon knows where a space was forgotten in it, if one was."""
    text, origins = source.text, [*source.origins]
    for token, following in reversed([*zip(tokens, [*tokens[1:], None], strict=True)]):
        word, end = token[0], token.end()
        place = unknown.get(word)
        if place is not None and token.lastgroup == "word":
            start = token.start() + place
            text, origins = f"{text[:start]} {text[start:]}", [*origins[:start], origins[start], *origins[start:]]
        elif following is not None and _are_torn(source, token, following, unknown) and are_one(word, following[0]):
            text, origins = text[:end] + text[end + 1 :], [*origins[:end], *origins[end + 1 :]]
    return Normalised(source.original, text, origins)


def _are_torn(source: Normalised, token: Token, following: Token, unknown: Unknown) -> bool:
    """Whether two words stand one space apart of which one is unknown."""
    return (token[0] in unknown or following[0] in unknown) and source.text[token.end() : following.start()] == " "
