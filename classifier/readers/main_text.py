"""Which part of a web page is its main text. Knows how pages are built; knows nothing of what they say.

Two answers: the element to read (`article` or `main` where a page has one, else the innermost element that holds nearly all
of the prose), and the elements inside it to pass over (navigation, cookie banners, sharing, related links, footers).
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from classifier.readers.markup import walk

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_PROSE = frozenset({"p", "li", "blockquote", "dd", "td", "pre"})
_KEPT = frozenset({"html", "body", "main", "article", "h1"})
_FURNITURE_TAGS = frozenset({"nav", "aside", "footer", "dialog", "menu", "figcaption"})
_FURNITURE_ROLES = frozenset(
    """alert alertdialog banner complementary contentinfo dialog menu menubar navigation search toolbar""".split()  # noqa: SIM905
)
_FURNITURE_WORDS = frozenset(
    """ad ads advert advertisement adverts banner breadcrumb breadcrumbs byline comments consent cookie cookies disqus feedback
    footer gdpr menu modal nav navbar navigation newsletter overlay outbrain pager pagination paywall popup promo promotion
    recirculation related respond share sharing sidebar signup skip social sponsored subscribe subscription taboola tags
    toolbar trending""".split()  # noqa: SIM905
)
_GOVUK_FURNITURE = re.compile(
    r"gem-c-(?:back-to-top|contents-list|contextual|cookie|devolved|emergency|feedback|intervention|lead-image|metadata"
    r"|notice|organisation-logo|phase|print-link|published-dates|related|share|signup|single-page|skip|step-nav|subscription"
    r"|translation)|gem-c-(?:title|heading)__context|app-c-(?:published|contents|contextual|back)|publication-header__last"
)
_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_MOSTLY = 0.75
_NEARLY_ALL = 0.85
_FEWEST_LINKS = 3
_SHORT_ITEM = 80

Weights = dict[int, int]


def find_main_text(tree: "LexborHTMLParser") -> tuple["LexborNode | None", set[int]]:
    """Return the element that holds a page's main text, and the ids of the elements in it that don't belong to it."""
    body = tree.body
    if body is None:
        return None, set()
    weights = _weigh(body, set())
    skipped = {node.mem_id for node in _elements(body) if _is_furniture(node, weights, weights[body.mem_id])}
    weights = _weigh(body, skipped)
    main = _innermost(tree.css("main, [role=main]"), body, weights)
    article = _innermost(tree.css("[itemprop=articleBody], article"), main, weights)
    root = article if article.mem_id != body.mem_id else _descend(body, weights, skipped)
    return root, skipped | {node.mem_id for node in _elements(root) if _is_list_of_links(node)}


def _elements(root: "LexborNode") -> Iterator["LexborNode"]:
    return (node for node, is_start in walk(root) if is_start and node.tag != "-text")


def _weigh(body: "LexborNode", skipped: set[int]) -> Weights:
    """Return how many characters of prose each element holds, by its id."""
    weights: Weights = {body.mem_id: 0}
    path = [body.mem_id]
    prose = 0
    for node, is_start in walk(body, skipped):
        if node.tag == "-text":
            if is_start and prose:
                weights[path[-1]] += len((node.text_content or "").strip())
            continue
        prose += (1 if is_start else -1) if node.tag in _PROSE else 0
        if is_start:
            path.append(node.mem_id)
            weights[node.mem_id] = 0
        else:
            weight = weights[path.pop()]
            weights[path[-1]] += weight
    return weights


def _is_furniture(node: "LexborNode", weights: Weights, total: int) -> bool:
    """Return whether an element looks like part of the site rather than of the text, and isn't most of the page."""
    if node.tag in _KEPT:
        return False
    attributes = node.attributes
    name = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
    looks_so = (
        node.tag in _FURNITURE_TAGS
        or attributes.get("role") in _FURNITURE_ROLES
        or bool(_GOVUK_FURNITURE.search(name))
        or any(word.lower() in _FURNITURE_WORDS for word in _WORDS.findall(name))
        or (node.tag == "header" and node.css_first("h1") is None)
    )
    return looks_so and 2 * weights.get(node.mem_id, 0) <= total and not _holds_main(node)


def _holds_main(node: "LexborNode") -> bool:
    return node.css_first("h1, main, article") is not None and node.tag not in {"nav", "footer", "aside"}


def _innermost(found: "list[LexborNode]", around: "LexborNode", weights: Weights) -> "LexborNode":
    """Return the smallest of the elements found that holds most of the prose of `around`, or else `around`."""
    whole = weights.get(around.mem_id, 0)
    large = [n for n in found if weights.get(n.mem_id, 0) >= _MOSTLY * whole and whole]
    return min(large, key=lambda n: weights[n.mem_id], default=around)


def _descend(root: "LexborNode", weights: Weights, skipped: set[int]) -> "LexborNode":
    """Return the innermost element that still holds nearly all of the prose, without leaving the main heading behind."""
    node = root
    while (child := _heaviest(node, weights, skipped)) is not None:
        is_main = weights[child.mem_id] >= _NEARLY_ALL * weights[node.mem_id] > 0
        if not is_main or child.tag in _PROSE or (node.css_first("h1") and not child.css_first("h1")):
            break
        node = child
    return node


def _heaviest(node: "LexborNode", weights: Weights, skipped: set[int]) -> "LexborNode | None":
    child, best = node.first_child, None
    while child is not None:
        is_heavier = best is None or weights.get(child.mem_id, 0) > weights[best.mem_id]
        if child.mem_id in weights and child.mem_id not in skipped and is_heavier:
            best = child
        child = child.next
    return best


def _is_list_of_links(node: "LexborNode") -> bool:
    """Return whether a list is made of links with few words around them, as lists of related pages are."""
    if node.tag not in {"ul", "ol"}:
        return False
    items, links = node.css("li"), node.css("li a")
    if len(links) < _FEWEST_LINKS or len(links) < len(items):
        return False
    length = _length(node)
    linked = sum(map(_length, links))
    return linked >= _NEARLY_ALL * length and length <= _SHORT_ITEM * len(items)


_length: Callable[["LexborNode"], int] = lambda node: len("".join(node.text().split()))  # noqa: E731
