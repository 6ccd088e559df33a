"""What a web page says about itself: title, date, address, publisher. Knows the common `meta` names and GOV.UK's own.

<meta property="og:title" content="…"> <meta name="govuk:public-updated-at" content="2025-03-18T12:00:00+00:00">
"""

import re
from typing import TYPE_CHECKING, Any

from classifier.readers.building import one_line

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser

_DATE_NAMES = (
    "govuk:first-published-at",
    "article:published_time",
    "datepublished",
    "date",
    "dc.date",
    "dcterms.date",
    "dc.date.issued",
    "dcterms.issued",
    "pubdate",
    "govuk:public-updated-at",
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_LINKED_DATE = re.compile(r'"datePublished"\s*:\s*"(\d{4}-\d{2}-\d{2})')
_SITE = re.compile(r"\s+(?:[-–—|·:»])\s+[^-–—|·:»]{2,40}$")
_WITHDRAWN = re.compile(r"\bwithdrawn on (\d{1,2} \w+ \d{4})")


def page_title(tree: "LexborHTMLParser") -> str:
    """Return the title of a page: its only first-level heading, or what it calls itself, without the site's name."""
    headings = tree.css("main h1, article h1, [role=main] h1") or tree.css("h1")
    if len(headings) == 1 and (title := one_line(_heading_text(headings[0].text()))):
        return title
    if named := _metas(tree).get("og:title"):
        return one_line(named)
    named_by_browser = tree.css_first("title")
    return one_line(_SITE.sub("", one_line(named_by_browser.text()))) if named_by_browser else ""


def _heading_text(text: str) -> str:
    return text if len(text) < 1000 else ""


def page_date(tree: "LexborHTMLParser") -> str:
    """Return the day on which a page was published, as 2025-03-18, or an empty string."""
    metas = _metas(tree)
    named = (_DATE.search(metas.get(name, "")) for name in _DATE_NAMES)
    if found := next(filter(None, named), None):
        return found.group()
    for script in tree.css('script[type="application/ld+json"]'):
        if linked := _LINKED_DATE.search(script.text()):
            return linked.group(1)
    time = tree.css_first("time[datetime]")
    found = _DATE.match(time.attributes.get("datetime") or "") if time else None
    return found.group() if found else ""


def page_metadata(tree: "LexborHTMLParser") -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return what is known of a page, and a note if it was withdrawn."""
    metas = _metas(tree)
    notice = tree.css_first(".gem-c-notice, .withdrawal-notice")
    withdrawn_on = _WITHDRAWN.search(notice.text()) if notice else None
    is_withdrawn = "govuk:withdrawn" in metas or withdrawn_on is not None
    html = tree.css_first("html")
    known: dict[str, Any] = {
        "url": _canonical(tree) or metas.get("og:url", ""),
        "locale": (html.attributes.get("lang") or "") if html else "",
        "document_type": metas.get("govuk:format") or metas.get("og:type", ""),
        "publisher": metas.get("og:site_name", ""),
        "public_updated_at": metas.get("govuk:public-updated-at") or metas.get("article:modified_time", ""),
        "organisations": _organisations(tree),
        "withdrawn": is_withdrawn,
    }
    day = f" on {withdrawn_on.group(1)}" if withdrawn_on else ""
    return {key: value for key, value in known.items() if value != ""}, (f"withdrawn{day}",) if is_withdrawn else ()


def _metas(tree: "LexborHTMLParser") -> dict[str, str]:
    """Return the `meta` fields of a page by lower-case name; of a repeated one the first."""
    found: dict[str, str] = {}
    for meta in tree.css("meta[content]"):
        attributes = meta.attributes
        name = attributes.get("name") or attributes.get("property") or attributes.get("itemprop")
        if name:
            found.setdefault(name.lower(), one_line(attributes.get("content") or ""))
    return found


def _canonical(tree: "LexborHTMLParser") -> str:
    link = tree.css_first("link[rel=canonical]")
    return one_line(link.attributes.get("href") or "") if link else ""


def _organisations(tree: "LexborHTMLParser") -> list[str]:
    links = tree.css('.gem-c-metadata a[href^="/government/organisations/"], .gem-c-organisation-logo a')
    return list(dict.fromkeys(one_line(link.text()) for link in links))
