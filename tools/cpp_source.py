"""C++ sources as the checks see them: without comments and texts, line numbers kept."""

import re

_TOKEN = re.compile(
    r'//[^\n]*|/\*.*?\*/|R"(?P<mark>[^(\s]*)\(.*?\)(?P=mark)"|"(?:\\.|[^"\\\n])*"'
    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])+'",
    re.DOTALL)


def without_comments(text):
    """Comments become blanks of the same lines, texts become empty ones."""
    def blank(match):
        token = match.group(0)
        lines = "\n" * token.count("\n")
        return lines if token.startswith(("//", "/*")) else token[0].strip("R") + '""' + lines
    return _TOKEN.sub(blank, text)


def line_of(text, position):
    """The number, from 1, of the line that this position lies in."""
    return text.count("\n", 0, position) + 1


def matching_brace(text, opening):
    """The position of the } that closes the { at `opening`; the end where there is none."""
    depth = 0
    for position in range(opening, len(text)):
        depth += {"{": 1, "}": -1}.get(text[position], 0)
        if depth == 0:
            return position
    return len(text) - 1


def functions(text):
    """Yields (first line, lines) of each function body at namespace or class level."""
    text = without_comments(text)
    text = re.sub(r"^[ \t]*#.*$", "", text, flags=re.MULTILINE)
    yield from _functions_in(text, 0, len(text))


def _functions_in(text, begin, end):
    head_begin, position, in_function_head = begin, begin, False
    while position < end:
        character = text[position]
        if character == ";":
            head_begin, in_function_head = position + 1, False
        elif character == "{":
            closing = matching_brace(text, position)
            head = text[head_begin:position]
            if _opens_scope(head):
                yield from _functions_in(text, position + 1, closing)
            elif "(" in head or (in_function_head and head.strip()[:1] in ("", ",")):
                # A constructor's list may hold braces: the body is the last of them.
                in_function_head = True
                first, last = line_of(text, position), line_of(text, closing)
                yield first, last - first + 1
            position, head_begin = closing, closing + 1
        position += 1


def _opens_scope(head):
    """Whether a { after this head holds declarations: of a namespace or of a class."""
    head = _without_template(re.sub(r"\[\[.*?\]\]|alignas\([^)]*\)", " ", head, flags=re.DOTALL))
    words = [word for word in head.split() if word not in ("public:", "private:", "protected:")]
    return bool(words) and "(" not in head and words[0] in (
        "namespace", "class", "struct", "union", "extern", "inline", "export")


def _without_template(head):
    begin = re.match(r"\s*((?:public|private|protected):)?\s*template\s*<", head)
    if not begin:
        return head
    depth = 1
    for position in range(begin.end(), len(head)):
        depth += {"<": 1, ">": -1}.get(head[position], 0)
        if depth == 0:
            return head[position + 1:]
    return head
