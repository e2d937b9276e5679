"""Characters that are printable in name only, as parts of regular expressions.

Reference: the Unicode Standard, chapter 23 (joiners, variation selectors), and UTS 51 (emoji).
"""

HIDDEN = (
    "\\u061c\\u200e\\u200f\\u202a-\\u202e\\u2066-\\u2069"  # bidirectional controls
    "\\xad\\u034f\\u180e\\u200b\\u2028\\u2029\\u2060-\\u2065\\u206a-\\u206f\\ufeff\\ufff9-\\ufffb"  # invisible
    "\\u115f\\u1160\\u17b4\\u17b5\\u3164\\uffa0\\U0001d173-\\U0001d17a"  # fillers, and what formats music
    "\\U000e0000-\\U000e00ff"  # tags
    "\\ud800-\\udfff"  # lone surrogates
)
"""Inside of a regular expression's set: printable in name only, they reorder, hide or break text.

U+2800 is none of them: it is a blank, of which graphs of Braille consist.
"""

JOINING = "\\u180b-\\u180d\\u180f\\u200c\\u200d\\ufe00-\\ufe0f\\U000e0100-\\U000e01ef"
"""Inside of a set: what changes the character before it or joins it to the next one, and is invisible elsewhere."""

_EMOJI = "\\xa9\\xae\\u203c\\u2049\\u2122\\u2139\\u2190-\\u2bff\\u3030\\u303d\\u3297\\u3299\\U0001f000-\\U0001faff"
# scripts whose letters change with their neighbours
_CURSIVE = (
    "\\u0600-\\u0dff\\u0f00-\\u109f\\u1780-\\u18af\\u1900-\\u1cff\\ua800-\\uabff\\ufb50-\\ufdff\\ufe70-\\ufefc"
    "\\U00010a00-\\U00011fff\\U0001e900-\\U0001e95f"
)
_IDEOGRAPHS = "\\u3400-\\u9fff\\uf900-\\ufaff\\U00020000-\\U0003ffff"
_VARIED = rf"0\u1000-\u109f\u2200-\u22ff\u2a00-\u2aff\u3000-\u303f\ua840-\ua87f\uff00-\uff5e{_IDEOGRAPHS}"

STRAY = (
    rf"\u200c(?<![{_CURSIVE}].)"
    # emoji are joined to others; what the text breaks off in may go on, and so may what a sequence follows
    rf"|\u200d(?<![{_CURSIVE}].)(?:(?<![{_EMOJI}\ufe0f].)|(?![{_EMOJI}\x1b]|\Z))"
    rf"|[\ufe0e\ufe0f](?<![{_EMOJI}].)(?:(?<![0-9#*].)|(?![\u20e3\x1b]|\Z))"
    rf"|[\ufe00-\ufe0d](?<![{_VARIED}].)"
    rf"|[\u180b-\u180d\u180f](?<![\u1800-\u18af].)"
    rf"|[\U000e0100-\U000e01ef](?<![{_IDEOGRAPHS}].)"
)
"""A regular expression for a character of `JOINING` where it joins and changes nothing that is known of."""
