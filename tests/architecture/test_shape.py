"""What no tool of ours checks: who reads the clock, how long things are, what templates and styles hold."""

import ast
import re
import tomllib
from html.parser import HTMLParser

import pytest

from config.preflight import ROOT
from config.settings import INSTALLED_APPS

CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
APPS = [name for name in CONTRACTS["root_packages"] if name in INSTALLED_APPS]
TIMELESS = {"actions", "queries", "permissions", "models"}
CLOCKS = re.compile(
    r"\b(timezone\.(now|localdate|localtime)|(datetime|date)\.(now|utcnow|today)"
    r"|time\.(time|time_ns|localtime|gmtime)|timezone import .*now)\b"
)
LONGEST_FILE, LONGEST_FUNCTION, LONGEST_VIEW = 400, 40, 25
ONE_FILE = ROOT / "voting" / "verifier" / "verify.py"  # whoever doubts carries one file away


def python_files():
    """The project's own modules, without migrations and tests."""
    found = [path for app in APPS for path in (ROOT / app).rglob("*.py")]
    return sorted(path for path in found if "migrations" not in path.parts)


def is_timeless(path):
    """Whether the moment must be handed to this module from outside."""
    pure = next(contract for contract in CONTRACTS["contracts"] if contract["id"] == "pure")
    module = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    kinds = set(module.split("."))  # a file, or a package that holds what a file would
    return bool(kinds & TIMELESS) or module.startswith(tuple(pure["source_modules"]))


def clocks_read(source):
    """The places where a module reads, or hands on, the clock of the machine."""
    nodes = [
        n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Attribute | ast.ImportFrom)
    ]
    return sorted({ast.unparse(node) for node in nodes if CLOCKS.search(ast.unparse(node))})


def lengths(source):
    """Each function with its lines that say something: no docstring, comment or lone bracket."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) else node.body
            texts = [ast.get_source_segment(source, statement) or "" for statement in body]
            lines = "\n".join(texts).splitlines()
            yield node.name, sum(bool(re.search(r"^\s*[^\s#\])}]", line)) for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "now = timezone.now()",
        "joined_at = models.DateTimeField(default=timezone.now)",
        "now = datetime.now(tz=UTC)",
        "now = datetime.datetime.utcnow()",
        "day = date.today()",
        "seconds = time.time()",
        "from django.utils.timezone import now",
    ],
)
def test_reading_the_clock_is_noticed(line):
    assert clocks_read(line) != []


def test_a_moment_that_is_told_is_no_clock():
    assert clocks_read("term.ends_at = now\nmoment = datetime.combine(day, time(0))") == []


def test_actions_queries_permissions_models_and_pure_code_are_told_the_time():
    timeless = [path for path in python_files() if is_timeless(path)]
    found = {
        str(path.relative_to(ROOT)): clocks
        for path in timeless
        if (clocks := clocks_read(path.read_text()))
    }
    assert ROOT / "voting" / "rules" / "greedy.py" in timeless
    assert found == {}


def test_no_file_is_longer_than_400_lines():
    long = [p for p in python_files() if len(p.read_text().splitlines()) > LONGEST_FILE]
    assert long == [ONE_FILE]


def test_no_function_is_longer_than_40_lines_and_no_view_than_25():
    long = [
        (str(path.relative_to(ROOT)), name, length)
        for path in python_files()
        for name, length in lengths(path.read_text())
        if length > (LONGEST_VIEW if "views" in (path.stem, path.parent.name) else LONGEST_FUNCTION)
    ]
    assert long == []


def test_lines_that_say_nothing_are_not_counted():
    text = 'def f(a):\n    """Says.\n\n    More.\n    """\n    b = g(\n        a,\n    )\n\n    # why\n    return b\n'
    assert list(lengths(text)) == [("f", 3)]


class InlineFinder(HTMLParser):
    """Collects what a strict content security policy would block."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in names):
            self.found.append(tag)
        self.found += [name for name in names if name == "style" or name.startswith("on")]
        self.found += [name for name, value in attrs if str(value).startswith("javascript:")]


def inline(markup):
    """The inline scripts and styles of a template."""
    finder = InlineFinder()
    # A tag inside an attribute would end it: `href="{% url "home" %}"`.
    finder.feed(re.sub(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", "", markup, flags=re.DOTALL))
    return finder.found


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ('<p style="color: red">', ["style"]),
        ("<style>p { color: red }</style>", ["style"]),
        ("<script>alert()</script>", ["script"]),
        ('<a onclick="go()">', ["onclick"]),
        ('<a href="javascript:go()">', ["href"]),
        ("<script src=\"{% static 'js/passkey.js' %}\"></script>", []),
    ],
)
def test_inline_code_is_noticed(markup, found):
    assert inline(markup) == found


def test_no_template_holds_inline_scripts_or_styles():
    templates = [*ROOT.glob("templates/**/*.html")]
    assert len(templates) > 50
    assert {str(path) for path in templates if inline(path.read_text())} == set()


PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right|top|bottom)[\w-]*"
    r"|border-(?:top|bottom)-(?:left|right)-radius|(?:min-|max-)?(?:width|height)|left|right|top|bottom"
    r"|overflow-[xy]|float|clear)\s*:"
    r"|(?:text-align|float|clear|caption-side)\s*:\s*(?:left|right)"
)
AT_RULE = re.compile(r"@media[^{]*")  # a media query asks for the width of the screen


def physical(css):
    """The declarations that stay on their side when the page is turned round."""
    bare = AT_RULE.sub("", re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL))
    return PHYSICAL.findall(bare)


@pytest.mark.parametrize(
    ("css", "count"),
    [
        ("p { margin-left: 1em }", 1),
        ("p { padding-right: 1em; border-left: 0 }", 2),
        ("p { left: 0 }", 1),
        ("p { text-align: right }", 1),
        ("p { float: left }", 1),
        ("p { max-width: 30rem }", 1),
        ("p { border-top-left-radius: 1px }", 1),
        ("p { margin-inline-start: 1em; inset-inline-end: 0; text-align: start }", 0),
        ("@media (max-width: 639px) { p { color: red } }", 0),
    ],
)
def test_a_physical_property_is_noticed(css, count):
    assert len(physical(css)) == count


def test_the_stylesheets_follow_the_direction_of_the_text():
    sheets = sorted((ROOT / "static" / "css").glob("*.css"))
    assert {"components.css", "forms.css", "page.css", "print.css", "tables.css"} <= {
        sheet.name for sheet in sheets
    }
    assert {sheet.name: physical(sheet.read_text()) for sheet in sheets} == {
        sheet.name: [] for sheet in sheets
    }
