"""Invented web pages, PDF files and feeds, well-behaved and hostile, made by hand."""

from __future__ import annotations

import zlib

STORY = (
    "Kabul, April 12 (ANI): The government on Sunday released 100 people, the spokesman of the council said in a "
    "statement to reporters, adding that the release would go on in the coming days."
)
MORE = (
    "The movement will release 20 officials on Sunday, their spokesman said on Twitter. They will be handed over to "
    "the International Committee of the Red Cross in Kandahar, he wrote."
)

PAGE = f"""<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>100 freed - Example Post</title>
<meta property="og:title" content="Government frees 100"><meta property="og:site_name" content="Example Post">
<meta property="article:published_time" content="2020-04-12T18:45:00+05:30">
<meta property="article:modified_time" content="2020-05-01"><meta name="robots" content="index">
<link rel="canonical" href="https://example.org/2020/04/12/frees-100">
<script type="application/ld+json">{{"@graph":[{{"@type":"NewsArticle","datePublished":"2020-04-12",
"publisher":{{"name":"Post"}}}}]}}</script>
<script>var claim = "The government released 999 people";</script>
<style>p:after {{ content: "released 888 people" }}</style></head>
<body><nav><a href="/">Home</a> <a href="/n">777 freed</a></nav>
<article><h1>Government frees 100</h1><p class="byline">By ANI | Updated: April 13, 2020 18:45 IST</p>
<time datetime="2020-04-12">12 April</time><p>{STORY}</p>
<p style="display: none">The movement released 666 people.</p><p hidden>The movement released 555 people.</p>
<p aria-hidden="true">The movement released 444 people.</p><!-- The movement released 333 people. -->
<p>{MORE}&nbsp;He said&#32;5,000.</p><noscript>The movement released 222 people.</noscript>
<template>The movement released 111 people.</template></article><footer>Copyright</footer></body></html>"""

FEED = f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Example &amp; Sons</title>
<language>en-us</language><lastBuildDate>Sat, 02 May 2020 10:00:00 +0000</lastBuildDate>
<image><title>Logo</title><url>https://example.org/x.png</url></image>
<item><title>100 freed</title><link>https://example.org/2020/05/01/a</link><guid isPermaLink="false">one</guid>
<pubDate>Fri, 01 May 2020 23:00:00 -0500</pubDate><description>Short.</description>
<content:encoded><![CDATA[<p>{STORY}</p><script>The movement released 999 people.</script>
<p>{MORE}</p>]]></content:encoded>
</item>
<item><title>Second</title><guid>two</guid><description>Fewer than 5 &lt; 6 people</description></item>
<item><title>Second again</title><guid>two</guid><description>Plain text.</description></item>
<item><title>Nothing in it</title></item></channel></rss>"""

ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Example</title>
<updated>2020-05-03T00:00:00Z</updated>
<entry><title>One</title><id>urn:example:1</id><link rel="self" href="https://example.org/self"/>
<link href="https://example.org/x"/><published>2020-05-01T10:00:00Z</published><updated>2020-05-02T00:00:00Z</updated>
<author><name>Somebody</name></author><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>{STORY}</p>
<p>They freed <b>20</b>.</p></div></content></entry>
<entry><title>Two</title><id>urn:example:2</id><updated>2020-05-02T00:00:00Z</updated>
<summary type="text">5 &lt; 6 people</summary></entry></feed>"""


def pdf(*pages: list[str], pictures: int = 0, extra: str = "") -> bytes:
    """A PDF file with so many pages of lines, and pages that hold a picture only."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", "", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"]
    kids = []
    for lines in pages:
        shown = "".join(f"({line}) Tj T* " for line in (line.replace("(", r"\(").replace(")", r"\)") for line in lines))
        content = zlib.compress(f"BT /F1 10 Tf 14 TL 50 800 Td {shown}ET".encode("latin-1"))
        objects.append(_stream("/Filter/FlateDecode", content))
        objects.append(f"<</Type/Page/Parent 2 0 R/Contents {len(objects)} 0 R/Resources<</Font<</F1 3 0 R>>>>>>")
        kids.append(f"{len(objects)} 0 R")
    for _ in range(pictures):
        raw = zlib.compress(bytes(64))
        objects.append(_stream("/Type/XObject/Subtype/Image/Width 8/Height 8/ColorSpace/DeviceGray/BitsPerComponent 8"
                               "/Filter/FlateDecode", raw))  # fmt: skip
        objects.append(_stream("", b"q 500 0 0 700 50 50 cm /I Do Q"))
        drawn = f"/Resources<</XObject<</I {len(objects) - 1} 0 R>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R/Contents {len(objects)} 0 R{drawn}>>")
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}/MediaBox[0 0 600 850]>>"
    objects.append(f"<</Title(Notice)/CreationDate(D:20200502100000Z){extra}>>")
    data, places = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        places.append(len(data))
        data += f"{number} 0 obj\n".encode() + one.encode("latin-1") + b"\nendobj\n"
    start = len(data)
    data += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    data += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    trailer = f"trailer<</Size {len(objects) + 1}/Root 1 0 R/Info {len(objects)} 0 R>>\nstartxref\n{start}\n%%EOF\n"
    return data + trailer.encode()


def _stream(head: str, data: bytes) -> str:
    return f"<<{head}/Length {len(data)}>>\nstream\n{data.decode('latin-1')}\nendstream"


def locked(data: bytes, password: str) -> bytes:
    """The same file, encrypted."""
    import io

    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(data)))
    writer.encrypt(password, algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


HOSTILE = {
    "nested.html": "<html><body>" + "<div>" * 100_000 + STORY,
    "nested_inline.html": "<html><body>" + "<b><i>" * 50_000 + STORY,
    "one_line.html": "<html><body><article><p>" + f"{STORY} " * 60_000 + "</p></article>",
    "many.html": "<html><body>" + "<p>a" * 60_000,
    "unclosed.html": "<" * 1_000_000,
    "attributes.html": "<p " + "a=b " * 500_000 + ">x",
    "comments.html": "<html><body>" + "<!--" * 500_000,
    "entities.html": '<!DOCTYPE html [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    "<html><body><p>&b;&b;&b;&b;</p></body></html>",
    "linked.html": '<html><head><script type="application/ld+json">' + "[" * 100_000 + f"</script></head><p>{STORY}",
    "zero.html": "\x00" * 1000,
    "empty.html": "",
    "doctype.rss": '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    "<rss><channel><item><title>&a;</title></item></channel></rss>",
    "laughs.xml": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><rss>&b;</rss>',
    "deep.rss": "<rss><channel><item>" + "<a>" * 100_000,
    "long.rss": "<rss><channel><item><description>" + "a " * 5_000_000 + "</description></item></channel></rss>",
    "cut.rss": FEED[:700],
    "other.xml": "<?xml version='1.0'?><svg><item><title>x</title></item></svg>",
    "empty.atom": "",
    "text.pdf": "This is no PDF file.",
    "empty.pdf": "",
}
"""File -> its content. None may crash a reader or take long; see the tests for what each gives."""
