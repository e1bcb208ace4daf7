"""Which ids and addresses of a document's stories may join them with others: an id joins two items only where the publisher
means it to. docs/events.md has the rule, "What is one story and what is two"."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import urldefrag

from pipeline import identity
from pipeline.formats.format import Reading
from pipeline.formats.items import State, Story
from schemas.identity import Claim, ClaimScheme

Group = tuple[str, list[Story]]


def settle(readings: Sequence[Reading], was_shared: Callable[[str], bool] = lambda _: False) -> list[str]:
    """Leave each story of one document the ids and the address that are its own. Returns what several of them share, by a
    name for each that is the same for every document; `was_shared` tells of names that earlier ones returned."""
    stories = [one for one in readings if isinstance(one, Story)]
    shared: list[str] = []
    for story in stories:
        story.guid = story.guid if identity.is_id(story.guid) else None
        story.guids = [one for one in story.guids if identity.is_id(one)]
        if _is_of_the_site(story.url, story):
            story.own_url = False
            story.guid = story.guid or _route(story)
        if story.guid and _is_of_the_site(story.guid, story) and "#" not in story.guid:
            story.guid = None
    for guid, group in _groups(stories, lambda story: story.guid):
        if was_shared(f"guid {guid}") or not _is_one_by_guid(group):
            shared.append(f"guid {guid}")
            for story in group:
                story.guid, story.guids = None, [one for one in story.guids if one != guid]
    for url, group in _groups(stories, _page):
        if was_shared(f"url {url}") or not _is_one_by_url(group):
            shared.append(f"url {url}")
            _part(group)
    for headline, group in _groups(stories, _only_headline):
        if was_shared(f"headline {headline}") or len({_content(story) for story in group}) > 1:
            shared.append(f"headline {headline}")
            for story in group:
                story.guid = f"{headline} {story.published or _content(story)}"[:2048]
    return shared


def claims_of(story: Story) -> list[Claim | None]:
    """A story's claims, by its ids and its address; None for what makes none."""
    guid = story.guid
    if guid and story.feed_url and not identity.is_universal(guid):
        guid = identity.within_feed(guid, story.feed_url)
    others = [one for one in dict.fromkeys(story.guids) if identity.is_id(one) and one != guid]
    return [
        identity.url_claim(story.url) if story.url and story.own_url else None,
        guid_claim(guid),
        *(Claim(scheme=ClaimScheme.ALIAS, value=one[:2048]) for one in others),
    ]


def guid_claim(guid: str | None) -> Claim | None:
    return Claim(scheme=ClaimScheme.GUID, value=guid.strip()[:2048]) if guid and identity.is_id(guid) else None


def _is_of_the_site(address: str | None, story: Story) -> bool:
    """Whether it leads to the site or the feed, and not to a story: but a page that was fetched from there is there."""
    canonical = identity.canonical_url(address) if address else None
    if canonical is None or (story.fetched_from and identity.canonical_url(story.fetched_from) == canonical):
        return False
    return identity.is_home_page(canonical) or canonical == identity.canonical_url(story.site_url or "")


def _groups(stories: Iterable[Story], name_of: Callable[[Story], str | None]) -> Iterator[Group]:
    found: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        if (name := name_of(story)) is not None:
            found[name].append(story)
    yield from found.items()


def _page(story: Story) -> str | None:
    return identity.canonical_url(story.url) if story.own_url and story.url else None


def _only_headline(story: Story) -> str | None:
    """Its headline, where a story of a feed has no other name. Takes of a wire share theirs on purpose."""
    named = story.guid or story.guids or (story.own_url and story.url)
    of_a_feed = story.site_url is not None or not story.own_url
    return identity.headline_claim(story.headline).value if of_a_feed and not named else None


def _is_one_by_guid(group: list[Story]) -> bool:
    """Whether stories with one guid are one: it is told of as one (withdrawn, or in several versions), or they are equal in
    what readers see, or at one address under one headline or modified at several times, but not published at several."""
    if any(story.state is State.KILLED for story in group) or _all_differ([story.version for story in group]):
        return True
    if len({_content(story) for story in group}) == 1:
        return True
    if len({_page(story) for story in group}) > 1:
        return False
    if _one_headline(group):
        return True
    # revisions of one story were first published at one time
    return _all_differ([story.modified for story in group]) and not _all_differ([story.published for story in group])


def _is_one_by_url(group: list[Story]) -> bool:
    """Whether stories at one address are one: it is where their page was fetched from, or they are one by their guid, or
    have one headline, and are not reports of several times."""
    pages = {identity.canonical_url(story.fetched_from) for story in group if story.fetched_from}
    if pages:
        return len(pages) == 1 or _one_headline(group)
    if len({_content(story) for story in group}) == 1 or any(story.state is State.KILLED for story in group):
        return True
    guids = {story.guid or (_with_fragment(story)) for story in group}
    if len(guids) > 1:
        return False
    if _all_differ([story.modified for story in group]) or guids != {None}:
        return True
    return _one_headline(group) and not _all_differ([story.published for story in group])


def _part(group: list[Story]) -> None:
    """Stories at one address that are several: each is known by its guid, or by the part of the page that its link leads
    to. A page that was fetched is at its own address. One of them that has nothing else is the page itself."""
    for story in group:
        if story.fetched_from:
            story.url = story.fetched_from
            continue
        story.guid = story.guid or _with_fragment(story)
        story.own_url = False
    rest = [story for story in group if story.guid is None and not story.fetched_from]
    if len({_content(story) for story in rest}) == 1 and len(rest) < len(group):
        for story in rest:
            story.own_url = True


def _with_fragment(story: Story) -> str | None:
    return story.url if story.url and urldefrag(story.url).fragment else None


def _route(story: Story) -> str | None:
    """The address of a page that the home page's script shows: `https://x.example/#/news/7`, `#!news/7`."""
    fragment = urldefrag(story.url).fragment if story.url else ""
    return story.url if fragment[:1] in ("/", "!") and len(fragment.strip("/!")) > 0 else None


def _one_headline(group: list[Story]) -> bool:
    return len({identity.headline_claim(story.headline).value for story in group}) == 1


def _all_differ(marks: Sequence[object]) -> bool:
    return None not in marks and len(set(marks)) == len(marks) > 1


def _content(story: Story) -> str:
    return "\n".join((identity.headline_claim(story.headline).value, story.summary or "", *story.paragraphs))
