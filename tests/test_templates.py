"""Templates say nothing to people outside a translation, and say it in one clean line."""

import re
from html.parser import HTMLParser

import pytest

from config.preflight import ROOT

TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
SPOKEN = ("alt", "title", "placeholder", "aria-label", "aria-description", "content", "label")
SILENT = ("script", "style", "code", "kbd")
TRANSLATED = re.compile(
    r"\{% blocktranslate\b.*?\{% endblocktranslate %\}|\{% comment %\}.*?\{% endcomment %\}"
    r"|\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}",
    re.DOTALL,
)
WORD = re.compile(r"[^\W\d_]{2,}")
# Names, which no language changes, and what only machines read.
ALLOWED = {
    "– Commonpurse",
    "Commonpurse",
    "width=device-width, initial-scale=1",
    "light dark",
    '{"includeIndicatorStyles": false, "allowEval": false, "selfRequestsOnly": true}',
}


class Speech(HTMLParser):
    """Collects what a person would read or hear of a page, but samples of other languages."""

    def __init__(self):
        super().__init__()
        self.said = []
        self.inside = []

    def handle_starttag(self, tag, attrs):
        sample = (dict(attrs).get("lang") or "").strip()
        self.inside.append((tag, tag in SILENT or bool(sample)))
        self.said += [value for name, value in attrs if name in SPOKEN and value]

    def handle_endtag(self, tag):
        while self.inside and self.inside.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not any(silent for _tag, silent in self.inside):
            self.said.append(data)


def bare_words(markup):
    """The texts of a template that are in no translation."""
    speech = Speech()
    speech.feed(TRANSLATED.sub(" ", markup))
    said = (" ".join(text.split()) for text in speech.said)
    return [text for text in said if WORD.search(text) and text not in ALLOWED]


@pytest.mark.parametrize(
    ("markup", "found"),
    [
        ("<p>Hello</p>", ["Hello"]),
        ("<p>{% translate 'Hello' %}</p>", []),
        ("<p>{% blocktranslate trimmed %}Hello {{ name }}{% endblocktranslate %}</p>", []),
        ("<p>{{ name }} and {{ other }}</p>", ["and"]),
        ("<p>{% if a %}Yes{% else %}{% translate 'No' %}{% endif %}</p>", ["Yes"]),
        ('<img alt="A purse">', ["A purse"]),
        ("<img alt=\"{% translate 'A purse' %}\">", []),
        ('<a title="Go">{% icon "next" %}</a>', ["Go"]),
        ('<input placeholder="Search" aria-label="Search">', ["Search", "Search"]),
        ('<optgroup label="Languages"></optgroup>', ["Languages"]),
        ("{# a remark #}<p>· — 12 :</p>", []),
        ('<p lang="de">Hallo</p><p lang="{{ code }}">Hello</p>', ["Hello"]),
    ],
)
def test_a_bare_word_is_noticed(markup, found):
    assert bare_words(markup) == found


def markup_of(path):
    """A template as markup; some hold only the attributes of an element."""
    text = path.read_text()
    return f"<i {text}></i>" if path.name.endswith("attributes.html") else text


def test_no_template_says_anything_outside_a_translation():
    spoken = {str(path.relative_to(ROOT)): bare_words(markup_of(path)) for path in TEMPLATES}
    assert {path: words for path, words in spoken.items() if words} == {}
    assert len(spoken) > 70


def test_every_block_to_translate_is_trimmed():
    untrimmed = [
        (str(path.relative_to(ROOT)), tag)
        for path in TEMPLATES
        for tag in re.findall(r"\{% blocktrans(?:late)?\b[^%]*%\}", path.read_text())
        if not tag.startswith("{% blocktranslate trimmed ")
    ]
    assert untrimmed == []


def test_no_translation_is_built_from_a_variable():
    built = [
        (str(path.relative_to(ROOT)), tag)
        for path in TEMPLATES
        for tag in re.findall(r"\{% translate\s[^%]*%\}", path.read_text())
        if not re.match(
            r"\{% translate (?:\"[^\"]+\"|'[^']+')( context \"[^\"]+\")?( as \w+)? %\}", tag
        )
    ]
    assert built == []


def test_no_message_begins_or_ends_with_a_space():
    """Such a message is a part of a sentence, which no translator can turn round."""
    texts = [
        (str(path.relative_to(ROOT)), found.group(2))
        for path in TEMPLATES
        for found in re.finditer(r"\{% translate ([\"'])(.*?)\1", path.read_text())
    ]
    assert [text for text in texts if text[1] != text[1].strip()] == []
    assert len(texts) > 200
