"""C++ text without a compiler: comments and literals blanked out, functions found by their braces.

Works on code as clang-format (Google style) leaves it. It need not understand all of C++: it must
be right for the code of this project, and scripts/tidy_selftest shows the cases that matter.
"""

import re


def blank(text):
    """Replaces the characters of a string by spaces, and keeps its line breaks."""
    return re.sub(r"[^\n]", " ", text)


_TOKEN = re.compile(
    r"""
      (?P<line_comment> //[^\n]* )
    | (?P<block_comment> /\*.*?\*/ )
    | (?P<raw_string> R"(?P<mark>[^\s()\\]*)\(.*?\)(?P=mark)" )
    | (?P<string> "(?:\\.|[^"\\\n])*" )
    | (?P<separator> (?<=[0-9a-fA-F])'(?=[0-9a-fA-F]) )
    | (?P<character> '(?:\\.|[^'\\\n])+' )
    """,
    re.VERBOSE | re.DOTALL,
)


def code_only(text):
    """The same text, position by position, with comments and the inside of literals blanked out."""

    def replace(match):
        token = match.group(0)
        if match.lastgroup == "separator":
            return token
        if match.group("line_comment") or match.group("block_comment"):
            return blank(token)
        quote = '"' if '"' in token[:2] else "'"
        return quote + blank(token[1:-1]) + quote

    return _TOKEN.sub(replace, text)


def _without_preprocessor(code):
    """Blanks out directives, continuation lines included."""
    return re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda m: blank(m.group(0)), code, flags=re.M)


def _strip_balanced(text, opening, closing):
    """Removes what is between balanced brackets; the outermost brackets stay."""
    out, depth = [], 0
    for char in text:
        if char == opening:
            depth += 1
            if depth == 1:
                out.append(char)
        elif char == closing and depth > 0:
            depth -= 1
            if depth == 0:
                out.append(char)
        elif depth == 0:
            out.append(char)
    return "".join(out)


_LEADING = re.compile(r"\s*(?:(?:public|private|protected)\s*:\s*)*")
_SCOPE = re.compile(r"(?:inline\s+|typedef\s+)*(?:namespace|class|struct|union|enum|extern)\b")


def _opens_function(header):
    """Whether a brace after this text, at namespace or class level, opens a function body."""
    header = _strip_balanced(header, "(", ")")
    while re.match(r"\s*template\s*<", header):
        inside = _strip_balanced(header, "<", ">")
        header = re.sub(r"^\s*template\s*<>", "", inside, count=1)
    header = header.strip()
    if "()" not in header:
        return False
    return not (_SCOPE.match(header) and not header.endswith(")"))


def functions(code):
    """Yields (first line, last line), 1-based, of each function body with its signature.

    `code` comes from code_only(). Lambdas belong to the function around them.
    """
    code = _without_preprocessor(code)
    scopes = []  # for each open brace: the header's position if a function, "scope", or "init"
    header_start = 0
    for position, char in enumerate(code):
        in_function = any(isinstance(scope, int) for scope in scopes)
        in_init = bool(scopes) and scopes[-1] == "init"
        if char == "{":
            # `a_{1}` in a constructor's initialiser list: clang-format puts no space before it.
            is_init = position > 0 and not code[position - 1].isspace()
            header_start = _LEADING.match(code, header_start, position).end()
            header = code[header_start:position]
            if in_function or in_init or is_init or header.rstrip().endswith("="):
                scopes.append("init")
                continue
            if _opens_function(header):
                scopes.append(header_start)
            else:
                scopes.append("scope")
            header_start = position + 1
        elif char == "}" and scopes:
            scope = scopes.pop()
            if isinstance(scope, int):
                yield code.count("\n", 0, scope) + 1, code.count("\n", 0, position) + 1
            if scope != "init":
                header_start = position + 1
        elif char == ";" and not in_function and not in_init:
            header_start = position + 1


def await_expressions(code):
    """Yields (position, text) of each full operand of co_await."""
    for match in re.finditer(r"\bco_await\b", code):
        depth = 0
        for position in range(match.end(), len(code)):
            char = code[position]
            if char in "([{":
                depth += 1
            elif char in ")]}":
                depth -= 1
            if depth < 0 or (depth == 0 and char == ";"):
                yield match.start(), code[match.end() : position]
                break
