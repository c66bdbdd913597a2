#!/usr/bin/python3
"""Reads reports as their consumers do and checks that nothing in them is active.

Usage: report_formats.py CAPMIN PROFILE [PROFILE...]   checks every format of these profiles
       report_formats.py CAPMIN --hostile PROFILE      the same with hostile text in every field
"""
import html.parser
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import jsonschema
import markdown

HOSTILE = [
    "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "' onmouseover='x", "\" onclick=\"x",
    "</style><b>", "</pre></section>", "<!-- x", "]]>", "&lt;b&gt; &amp;", "<?xml x?>",
    "::error::x", "  ::error::x", "a\n::error::x", "\r\n##vso[task.complete]x", "##[error]x", "##teamcity[x]",
    "%0A::error::x", "a,b:c", "| a | b |", "`id`", "``", "\\", "a\\", "@user #1 www.example.com",
    "[x](javascript:alert(1))", "![x](http://example.com/x)", "<http://example.com>", "\n# head", "\n\n- item",
    "\x1b[31mred", "\x1b]52;c;x\x07", "\x00", "\x7f\x9b", "\u202ecba", "\u2066x", "\ufffe\uffff", "\u2028x", "\ufeff",
    "\U0001f433 caf\u00e9", "''$(id)`id`", " ", "",
]
# Words of the format and names of capabilities; all other texts of a profile are anybody's.
FIXED = {"apiVersion", "drop", "add", "grant", "name", "without", "guarantee", "risk", "engine", "ports",
         "purpose", "verdict", "ceiling", "level", "timeout", "settle", "result"}
# CI systems execute such lines wherever the text is printed; headings of Markdown are none.
COMMAND = re.compile(r"^[ \t]*::|##(\[|vso|teamcity|\w)", re.MULTILINE)
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")

VOID = {"meta", "br", "hr"}
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "nav", "article", "header", "footer", "section",
        "h1", "h2", "h3", "h4", "p", "ul", "li", "dl", "dt", "dd", "div", "span", "code", "strong", "a", "table",
        "caption", "thead", "tbody", "tr", "th", "td", "figure", "figcaption", "details", "summary", "pre", "svg",
        "desc", "g", "rect", "path", "text"}
ATTRIBUTES = {"lang", "charset", "name", "content", "http-equiv", "id", "class", "href", "scope", "role", "tabindex",
              "aria-label", "aria-labelledby", "x", "y", "rx", "d", "width", "height", "viewbox", "transform"}


class Page(html.parser.HTMLParser):
    """Fails on everything that could act, and on tags that do not match."""

    def __init__(self, tags, attributes):
        super().__init__(convert_charrefs=True)
        self.tags, self.attributes, self.open, self.ids, self.links, self.text = tags, attributes, [], set(), [], ""

    def handle_starttag(self, tag, attrs):
        assert tag in self.tags, f"element {tag}"
        for name, value in attrs:
            assert name in self.attributes, f"attribute {name} of {tag}"
            if name == "href":
                assert re.fullmatch(r"#profile-\d+", value), value
                self.links.append(value[1:])
            if name == "id":
                assert value not in self.ids, f"two elements {value}"
                self.ids.add(value)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, f"end of {tag}"

    def handle_data(self, data):
        self.text += data

    def handle_comment(self, data):
        raise AssertionError(f"comment {data}")

    def handle_pi(self, data):
        raise AssertionError(f"instruction {data}")


def page(text, tags, attributes):
    parser = Page(tags, attributes)
    parser.feed(text)
    parser.close()
    assert not parser.open, parser.open
    for link in parser.links:
        assert link in parser.ids, link
    return parser


def check_html(text, profiles):
    assert text.startswith("<!DOCTYPE html>\n<html lang=\"en\">")
    assert "default-src 'none'" in text
    style = re.search("<style>(.*?)</style>", text, re.DOTALL)
    assert "url(" not in style[1] and "@import" not in style[1]
    parsed = page(text, TAGS, ATTRIBUTES)
    assert len([i for i in parsed.ids if re.fullmatch(r"profile-\d+", i)]) == len(profiles)


def check_markdown(text, profiles):
    rendered = markdown.markdown(text, extensions=["tables"])
    tags = {"h1", "h2", "h3", "h4", "h5", "p", "strong", "ul", "li", "code", "table", "thead", "tbody", "tr", "th",
            "td", "a"}
    links = 0 if len(profiles) == 1 else len(profiles)
    parsed = page(rendered, tags, {"id", "href"})
    assert len(parsed.links) == links, parsed.links
    # A table that a text has broken leaves bars behind.
    for line in text.splitlines():
        if line.startswith("|"):
            assert line.endswith("|"), line


def check_json(text, profiles):
    reports = json.loads(text)["reports"]
    assert [r["image"] for r in reports] == [p["image"]["reference"] for p in profiles]
    for report, profile in zip(reports, profiles):
        assert report["keep"] == sorted(profile["capabilities"]["add"])
        assert report["warnings"] == sorted(profile["warnings"], key=lambda w: w.encode())
        lines = {r["name"]: r.get("line", "") for r in reversed(profile["reasons"])}
        for capability in report["capabilities"]:
            assert capability.get("line", "") == lines.get(capability["name"], ""), capability


def check_junit(text, profiles):
    suites = xml.etree.ElementTree.fromstring(text)
    assert suites.tag == "testsuites" and len(suites) == len(profiles)
    for suite in suites:
        cases = suite.findall("testcase")
        assert int(suite.get("tests")) == len(cases) > 0
        for word, tag in (("failures", "failure"), ("skipped", "skipped"), ("errors", "error")):
            assert int(suite.get(word)) == len(suite.findall(f"testcase/{tag}"))
        assert {e.tag for e in suite.iter()} <= {"testsuite", "properties", "property", "testcase", "skipped",
                                                 "failure", "system-out"}


MESSAGE = {"type": "object", "required": ["text"], "properties": {"text": {"type": "string"}}}
LEVEL = {"enum": ["none", "note", "warning", "error"]}


def strict(properties, optional=()):
    return {"type": "object", "additionalProperties": False, "properties": properties,
            "required": [name for name in properties if name not in optional]}


# What SARIF 2.1.0 says of the properties that capmin writes.
SARIF = strict({
    "$schema": {"type": "string", "format": "uri"},
    "version": {"const": "2.1.0"},
    "runs": {"type": "array", "minItems": 1, "items": strict({
        "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
        "tool": strict({"driver": strict({
            "name": {"type": "string"}, "version": {"type": "string"},
            "rules": {"type": "array", "uniqueItems": True, "items": strict({
                "id": {"type": "string"}, "shortDescription": MESSAGE, "fullDescription": MESSAGE,
                "defaultConfiguration": strict({"level": LEVEL})})}})}),
        "results": {"type": "array", "items": strict({
            "ruleId": {"type": "string"}, "ruleIndex": {"type": "integer", "minimum": 0}, "level": LEVEL,
            "message": MESSAGE,
            "locations": {"type": "array", "items": strict({"physicalLocation": strict({
                "artifactLocation": strict({"uri": {
                    "type": "string", "pattern": r"^(file:///)?([A-Za-z0-9._~/-]|%[0-9A-F]{2})+$"}}),
                "region": strict({"startLine": {"type": "integer", "minimum": 1}})})})},
            "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}}})}})},
})


def check_sarif(text, profiles):
    log = json.loads(text)
    jsonschema.Draft202012Validator(SARIF).validate(log)
    run = log["runs"][0]
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(set(ids)) == len(ids)
    for result in run["results"]:
        assert ids[result["ruleIndex"]] == result["ruleId"]
        assert not UNSEEN.search(result["message"]["text"])


def check_github(text, profiles):
    for line in text.splitlines():
        assert re.fullmatch(r"::(notice|warning|error) file=[^:,]+,line=\d+,title=[^:,]*::.*", line), line
        assert not re.search(r"%(?!25|3A|2C)", line), line
    lowest = sum(1 + len({r["name"] for r in p["reasons"]}) + len(p["warnings"]) for p in profiles)
    assert len(text.splitlines()) >= lowest


CHECKS = {"html": check_html, "markdown": check_markdown, "json": check_json, "junit": check_junit,
          "sarif": check_sarif, "github": check_github}


def check(capmin, paths, profiles):
    for name, consumer in CHECKS.items():
        done = subprocess.run([capmin, "report", *paths, "--format", name], capture_output=True, check=True)
        assert done.stderr == b"", done.stderr
        text = done.stdout.decode("utf-8")
        try:
            assert "\n" == text[-1]
            assert not UNSEEN.search(text), f"unseen {UNSEEN.search(text)}"
            if name != "github":
                assert not COMMAND.search(text), COMMAND.search(text)
            consumer(text, profiles)
        except Exception:
            print(f"format {name} of {paths}", file=sys.stderr)
            raise


def with_text(node, text, key=""):
    """The document with every text that is not of the format's own replaced."""
    if isinstance(node, dict):
        return {k: with_text(v, text, k) for k, v in node.items()}
    if isinstance(node, list):
        return [with_text(v, text, key) for v in node]
    return text if isinstance(node, str) and key not in FIXED else node


def hostile(profile):
    for text in HOSTILE:
        changed = with_text(profile, text)
        changed["kind"], changed["probe"]["kind"] = profile["kind"], profile["probe"]["kind"]
        yield changed


def as_profile(document):
    """JSON that is YAML as well: characters beyond U+FFFF stand for themselves."""
    pair = re.compile(r"\\u(d[89ab]..)\\u(d[c-f]..)")
    return pair.sub(lambda m: json.loads(f'"{m[0]}"'), json.dumps(document))


def read(path):
    import yaml
    return yaml.safe_load(pathlib.Path(path).read_text(encoding="utf-8"))


def main():
    capmin, *rest = sys.argv[1:]
    if rest[0] != "--hostile":
        check(capmin, rest, [read(path) for path in rest])
        return
    with tempfile.TemporaryDirectory() as directory:
        paths, profiles = [], []
        for number, profile in enumerate(hostile(read(rest[1]))):
            path = pathlib.Path(directory, f"{number}.json")
            path.write_text(as_profile(profile), encoding="utf-8")
            if number % 6 == 0:  # alone, and below all together
                check(capmin, [str(path)], [profile])
            paths.append(str(path))
            profiles.append(profile)
        check(capmin, paths, profiles)


if __name__ == "__main__":
    main()
