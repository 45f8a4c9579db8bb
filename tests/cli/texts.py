"""
What mails say: the words of both languages and of the host's own files, the text and the page that
say the same, and the colours of the page.
"""

import html.parser
import os
import re
import sys

from composed import FULL, HOSTILE, SOURCE, TEXTS, compose, parse, parts, run, words
from harness import main

ENGLISH = """Hello,

Your VSee Messenger password expires in 3 days.

    Login:        first.last
    Host:         host1.example.com
    Valid until:  Wednesday, 25 November 2026, 01:00 CET

To choose a new one, open this page:

    https://host1.example.com:9443/?user=first%2Elast

Or log in to host1.example.com and type the command passwd.

If you have a question, this page tells you whom to ask:

    https://help.example.com/a?b=c&d=e

You can also ask by answering this mail.

This mail was sent automatically by host1.example.com. Nobody will ever
ask you to send your password by mail.
"""


def the_text_says_what_it_must(host):
    message, = compose(host, FULL, zone="Europe/Berlin")
    assert parts(message)[0] == ENGLISH, parts(message)[0]
    assert re.search(rb"^Date: Mon, 23 Nov 2026 01:00:00 \+0100\r$", message, re.M)
    case = {"deadline": 20982}
    for zone, date in (("UTC", "13 June 2027, 00:00 UTC"),
                       ("Europe/Berlin", "13 June 2027, 02:00 CEST"),
                       ("America/New_York", "12 June 2027, 20:00 EDT"),
                       ("Asia/Kathmandu", "13 June 2027, 05:45 +0545")):
        assert date in parts(compose(host, case, zone=zone)[0])[0], (zone, date)


def whom_to_ask_depends_on_what_is_known(host):
    cases = [{}, {"reply_to": "a@b.c"}, {"support": "https://%H/s"},
             {"support": "https://%H/s", "reply_to": "a@b.c"}]
    for language in ("en", "de"):
        texts = [words(parts(message)[0]) for message in
                 compose(host, *[{**case, "language": language} for case in cases])]
        assert len(set(texts)) == 4
        assert ["https://host1.example.com/s" in text for text in texts] == [False, False, True, True]
        assert all("passwd" in text for text in texts)


class Page(html.parser.HTMLParser):
    """The text of a page by element, its tags, links, and attributes that could load something."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.blocks, self.style, self.open = [], [], [], "", []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        self.tags.append(tag)
        self.open.append(tag)
        if tag == "a":
            self.links.append(names["href"])
        assert not set(names) - {"lang", "charset", "name", "content", "class", "style", "scope",
                                 "dir", "href"}, names
        assert tag == "a" or "href" not in names, names
        if tag in ("p", "th", "td"):
            self.blocks.append("")

    def handle_endtag(self, tag):
        while self.open and self.open.pop() != tag:
            pass

    def handle_data(self, data):
        if "style" in self.open:
            self.style += data
        elif {"p", "th", "td"} & set(self.open):
            self.blocks[-1] += data


def the_page_says_the_same_and_loads_nothing(host):
    hostile = [{"product": value, **FULL} for value in HOSTILE]
    cases = [FULL, {}, {**FULL, "language": "de"}, {"language": "de"}, *hostile]
    for message in compose(host, *cases):
        plain, text = parts(message)
        page = Page(text)
        assert set(page.tags) <= {"html", "head", "meta", "title", "style", "body", "div", "p",
                                  "table", "tr", "th", "td", "a"}, page.tags
        assert "url(" not in page.style and "@import" not in page.style and "<" not in page.style
        said = words(" ".join(block + (":" if tag == "th" else "") for block, tag in zip(
            page.blocks, [tag for tag in page.tags if tag in ("p", "th", "td")])))
        assert said == words(plain), (said, words(plain))
        assert [link for link in page.links if link not in plain] == []
        language = parse(message)["Content-Language"]
        assert f'<html lang="{language}">' in text and 'content="light dark"' in text


def luminance(colour):
    parts_of = [int(colour[at:at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4
                        for part in parts_of]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    bright, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def colours(style):
    """Per selector its colour and background."""
    found = {}
    for selector, rules in re.findall(r"([a-z.]+)\{([^{}]*)\}", style):
        for name, value in re.findall(r"(?<![-\w])(color|background):(#[0-9a-f]{6})", rules):
            found[selector, name] = value
    return found


def the_colours_can_be_read(host):
    """WCAG 2.1, 1.4.3: at least 4.5 to 1, in both schemes."""
    style = Page(parts(compose(host, FULL)[0])[1]).style
    light, dark = style.split("@media (prefers-color-scheme:dark)")
    bright = colours(light)
    both = [bright, {**bright, **colours(dark.split("@media")[0])}]
    for scheme in both:
        pairs = [("body", "body"), ("body", ".m"), ("body", "table"), ("th", "table"),
                 ("a", ".m"), (".s", ".m")]
        for front, back in pairs:
            value = contrast(scheme[front, "color"], scheme[back, "background"])
            assert value >= 4.5, (front, back, value)
    assert all(both[0][key] != both[1][key] for key in both[0]), both


def a_broken_text_loses_nobody_a_mail(host):
    expected = compose(host, {}, {"language": "de"})
    os.makedirs(host.path(TEXTS))
    host.write(f"{TEXTS}/en.ini", "[mail]\ngreeting = changed\nlead.one = {dayz}\n")
    host.write(f"{TEXTS}/de.ini", "[mail]\ngreeting = x\nnope = y\ngreeting = z\n")
    results, stderr = run(host, [{}, {"language": "de"}])
    folder = host.path(TEXTS)
    assert results == expected
    assert f"error: {folder}/en.ini:3: lead.one: no placeholder of this text at \"{{dayz}}\"" \
        in stderr, stderr
    assert f"error: {folder}/de.ini:3: nope: unknown text in [mail]\n" in stderr, stderr
    assert f"error: {folder}/de.ini:4: greeting: a second time, first in line 2\n" in stderr
    assert stderr.endswith("faults: 3\n"), stderr
    host.write(f"{TEXTS}/en.ini", "[mail]\ngreeting = x\n", 0o666)
    results, stderr = run(host, [{}])
    assert results == expected[:1] and "not trusted" in stderr, stderr


def without_its_file_german_is_english(host):
    results, stderr = run(host, [{"language": "de"}], root=host.root)
    assert parse(results[0])["Content-Language"] == "en"
    assert results == compose(host, {})
    assert "warning: " in stderr and "/texts/de.ini: No such file" in stderr, stderr
    assert stderr.endswith("faults: 0\n"), stderr


def texts(path):
    """Section and name of each text, with its placeholders."""
    found, section, name = {}, None, None
    with open(os.path.join(SOURCE, path), encoding="utf-8") as file:
        for line in file:
            if line.startswith("["):
                section, name = line.strip("[]\n"), None
            elif re.match(r"[a-z]", line):
                name = line.split(" ")[0]
                assert (section, name) not in found, name
                found[section, name] = set()
            if name and not line.startswith("#"):
                found[section, name] |= set(re.findall(r"\{(\w+)\}", line))
    return found


def german_is_complete_and_the_page_names_all(_host):
    english, german = texts("reminderd/texts/en.ini"), texts("reminderd/texts/de.ini")
    assert len(english) >= 36 and english == german, (english.keys() ^ german.keys())
    table = re.findall(r'^\t\{"(\w+)", "([a-z_.0-9]+)", "([a-z ]*)", (?:true|false)\},$',
                       open(f"{SOURCE}/reminderd/mail_texts.c", encoding="utf-8").read(), re.M)
    assert [(section, name) for section, name, _ in table] == list(english)
    with open(f"{SOURCE}/man/vsee-expire-texts.5", encoding="utf-8") as file:
        page = file.read()
    for section, name, allowed in table:
        assert english[section, name] <= set(allowed.split()), name
        kind = re.sub(r"\.\d+$", "", name)
        assert re.search(rf"^\.It .*\b{re.escape(kind)}\b", page, re.M), name
        for placeholder in allowed.split():
            assert f"{{{placeholder}}}" in page, placeholder


def the_sample_in_the_page_is_good(host):
    with open(f"{SOURCE}/man/vsee-expire-texts.5", encoding="utf-8") as file:
        sample = re.search(r"^\.Bd .*?\n(.*?)^\.Ed", file.read().split(".Sh EXAMPLES")[1],
                           re.M | re.S)[1]
    os.makedirs(host.path(TEXTS))
    before = compose(host, {})
    host.write(f"{TEXTS}/en.ini", sample)
    after = compose(host, {})
    assert parts(before[0])[0] != parts(after[0])[0]


sys.exit(main([
    the_text_says_what_it_must,
    whom_to_ask_depends_on_what_is_known,
    the_page_says_the_same_and_loads_nothing,
    the_colours_can_be_read,
    a_broken_text_loses_nobody_a_mail,
    without_its_file_german_is_english,
    german_is_complete_and_the_page_names_all,
    the_sample_in_the_page_is_good,
]))
