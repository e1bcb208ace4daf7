"""A day of several newsrooms, through the real normalize, enrich, revise and projections, for tests of what readers see.

Only the story that articles belong to is given here: finding it is tested elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
from elasticsearch import Elasticsearch

from pipeline.identity import article_id, comment_id, comment_name, event_id
from pipeline.index import templates
from pipeline.settings import Settings
from pipeline.stages.enrich import enrich_article, enrich_comment
from pipeline.stages.normalize import normalize_article, normalize_comment
from schemas.article import Notice, ReceivedArticle
from schemas.comment import CommentNotice, ReceivedComment
from schemas.event import EventType
from schemas.events import RawArticleEvent, RawCommentEvent
from schemas.patch import ReceivedPatch
from tests.support.builders import NOON, claim
from tests.support.index import Indices
from tests.support.memory import revise, revise_tables

LATER = NOON + timedelta(days=30)


class Newsroom:
    """Takes events in the order of their calls; `documents` are by alias, then by id."""

    def __init__(self) -> None:
        self._tables = revise_tables()
        self._indices = Indices()
        self._stories: dict[str, tuple[str, str]] = {}

    def publish(
        self, name: str, publisher: str = "herald.example", *, at: float = 0, headline: str, text: str, **fields: Any
    ) -> UUID:
        """A whole revision of article `name`, `at` minutes after noon; paragraphs of `text` are between blank lines."""
        identity = _id(name, publisher)
        data = ReceivedArticle.model_validate(
            {
                "article_id": identity, "provider": publisher.split(".")[0], "publisher": publisher, "claims": (claim(name),), "headline": headline,
                "paragraphs": tuple(text.strip().split("\n\n")), "modified": _at(at).isoformat(), "published": _at(at).isoformat(), "language": "en",
                "url": f"https://{publisher}/{name}", **fields,
            }
        )  # fmt: skip
        self._article(RawArticleEvent(id=event_id(identity, "article", headline + text, f"{at}{fields}"), source="/test", type=EventType.ARTICLE_PUBLISHED, subject=str(identity), time=_at(at), data=data))  # fmt: skip
        return identity

    def patch(self, name: str, publisher: str = "herald.example", *, at: float, **fields: Any) -> None:
        """A partial update."""
        identity = _id(name, publisher)
        data = ReceivedPatch.model_validate(
            {
                "article_id": identity, "provider": publisher.split(".")[0], "publisher": publisher, "claims": [claim(name)], "fields": fields,
                "modified": _at(at).isoformat(),
            }
        )  # fmt: skip
        self._article(RawArticleEvent(id=event_id(identity, "patch", str(sorted(fields)), str(at)), source="/test", type=EventType.ARTICLE_UPDATED, subject=str(identity), time=_at(at), data=data))  # fmt: skip

    def kill(self, name: str, publisher: str = "herald.example", *, at: float) -> None:
        identity = _id(name, publisher)
        notice = Notice(kind="withdrawal", article_id=identity, provider=publisher.split(".")[0], publisher=publisher, claims=(claim(name),), at=_at(at), reason="libel")  # fmt: skip
        self._article(RawArticleEvent(id=event_id(identity, "kill", "", str(at)), source="/test", type=EventType.ARTICLE_WITHDRAWN, subject=str(identity), time=_at(at), data=notice))  # fmt: skip

    def comments(
        self, name: str, texts: Iterable[tuple[int, int | None, str]], publisher: str = "herald.example", **fields: Any
    ) -> None:
        """Comments under an article: number, the number that each answers, text; `fields` of each."""
        identity, events = _id(name, publisher), []
        for n, parent, text in texts:
            own = comment_id(identity, comment_name(str(n)))
            data = ReceivedComment.model_validate(
                {
                    "article_id": identity, "comment_id": own, "claims": (claim(name),), "name": comment_name(str(n)),
                    "provider": publisher.split(".")[0], "publisher": publisher, "author": f"Reader {n}", "text": text, "posted": _at(n / 60).isoformat(),
                    "parent_id": comment_id(identity, comment_name(str(parent))) if parent is not None else None,
                    "parent_name": comment_name(str(parent)) if parent is not None else None, **fields,
                }
            )  # fmt: skip
            events.append(RawCommentEvent(id=event_id(own, "comment", text, str(n)), source="/test", type=EventType.COMMENT_POSTED, subject=str(own), time=_at(n / 60), data=data))  # fmt: skip
        self._take([enrich_comment(normalize_comment(one)) for one in events])

    def moderate(self, name: str, n: int, decision: str, publisher: str = "herald.example", *, at: float = 900) -> None:
        """A moderator's decision on a comment."""
        identity, own = _id(name, publisher), comment_id(_id(name, publisher), comment_name(str(n)))
        notice = CommentNotice.model_validate({"kind": "comment-moderation", "article_id": identity, "comment_id": own, "claims": (claim(name),), "name": comment_name(str(n)), "provider": publisher.split(".")[0], "publisher": publisher, "decision": decision, "at": _at(at)})  # fmt: skip
        self.receive([RawCommentEvent(id=event_id(own, decision, str(n), str(at)), source="/test", type=EventType.COMMENT_MODERATED, subject=str(own), time=_at(at), data=notice)])  # fmt: skip

    def receive(self, events: Iterable[RawArticleEvent | RawCommentEvent]) -> None:
        """What was read of an item."""
        self._take([enrich_article(normalize_article(one)) if isinstance(one, RawArticleEvent) else enrich_comment(normalize_comment(one)) for one in events])  # fmt: skip

    def story(self, *members: tuple[str, str, str]) -> str:
        """Articles (name, publisher, relation) as one story; returns its id."""
        own = str(_id(members[0][0], members[0][1]))
        for name, publisher, relation in members:
            self._stories[str(_id(name, publisher))] = (own, relation)
        return own

    @property
    def documents(self) -> dict[str, dict[str, dict[str, Any]]]:
        found = self._indices.all()
        for id_, (story, relation) in self._stories.items():
            if id_ in found.get("articles", {}):
                found["articles"][id_] |= {"story_id": story, "relation": relation}
        return found

    def index(self, client: Elasticsearch, settings: Settings) -> None:
        """Into the real Elasticsearch, under the project's own mappings."""
        templates.install(client, settings)
        operations: list[Any] = []
        for alias, documents in self.documents.items():
            for id_, source in documents.items():
                whole = source | {"processed": {"received": NOON.isoformat(), "indexed": NOON.isoformat()}}
                operations += [
                    {"index": {"_index": settings.named(alias), "_id": id_}},
                    orjson.loads(orjson.dumps(whole, default=str)),
                ]
        for at in range(0, len(operations), 1000):
            answer = client.bulk(operations=operations[at : at + 1000])
            assert not answer["errors"], [one for one in answer["items"] if one["index"]["status"] >= 300][:2]
        client.indices.refresh(index=settings.named("*"))

    def _article(self, event: RawArticleEvent) -> None:
        self._take([enrich_article(normalize_article(event))])

    def _take(self, events: list[Any]) -> None:
        for at in range(0, len(events), 100):
            batch = revise(self._tables)
            for event in events[at : at + 100]:
                batch.apply(event, LATER)
            self._indices.take(list(batch.before(LATER)), LATER)
            batch.checkpoint()
            self._indices.take([*batch.hiding(), *batch.after()], LATER)
            batch.confirm()


def comment_at(name: str, n: int, publisher: str = "herald.example") -> str:
    """The id of a comment."""
    return str(comment_id(_id(name, publisher), comment_name(str(n))))


def _id(name: str, publisher: str) -> UUID:
    return article_id(publisher, [claim(name)])


def _at(minutes: float) -> datetime:
    return NOON + timedelta(minutes=minutes)


FERRIES = """
Ferry crews in Bergen walked off the job on Saturday, leaving some 3,000 passengers ashore after a week of talks about night shifts ended without a result.

Martin Aaberg, who leads the Harbour Workers’ Union, said his members had waited since November. “We are not asking for the moon,” said Martin Aaberg. “We are asking for eight hours of sleep.”

The port called the walkout a blow to every island family. Its director, Elise Brandt, said that three of the nine ferries would sail with supervisors at the helm. “Nobody will be left without a doctor,” said Elise Brandt.

Fish exporters in Stavanger warned that 40 tonnes of salmon would miss the evening market in Hamburg unless the first crossing left by six. Police in Aberdeen said at least 12 lorries were turned back, a figure that could not be independently verified.

Two earlier stoppages, in 2019 and 2022, ended within three days.
"""


def a_day() -> Newsroom:
    """Every state that a page has to show."""
    desk = Newsroom()
    faq = [
        {"question": "Why did the crews stop work?", "answer": "They want eight hours of rest between shifts."},
        {"question": "Which ferries still sail?", "answer": "Three of nine."},
    ]
    pictures = [
        {
            "url": "https://pictures.example/strike.jpg",
            "caption": "Crews outside the terminal in Bergen.",
            "credit": "Ann Lee / Herald",
        },
        {"url": "https://pictures.example/queue.jpg", "caption": "Lorries on the ring road."},
    ]
    told: dict[str, Any] = {"byline": "By Ingrid Solberg and Tomas Reyes", "section": "Economy", "topics": ["ferry strike", "night shifts"], "faq": faq, "pictures": pictures, "summary": "Three thousand passengers are ashore after talks about night shifts ended without a result."}  # fmt: skip
    first = FERRIES.replace("3,000", "5,000").replace("40 tonnes of salmon", "50 tonnes of salmon")
    desk.publish("ferries", at=0, headline="Ferry crews strike, 5,000 passengers ashore", text=first, **told)
    desk.publish("ferries", at=40, headline="Ferry crews walk out in Bergen as talks about sleep stall", text=FERRIES, **told, correction_note="An earlier version said that 5,000 passengers were ashore; it is 3,000.")  # fmt: skip
    desk.patch("ferries", at=55, section="Business", summary="Talks about night shifts ended without a result; 3,000 passengers are ashore.")  # fmt: skip
    desk.publish("wire-ferries", "wire.example", at=-20, headline="Ferry crews strike in Bergen", text="Ferry crews in Bergen stopped work on Saturday in a dispute over rest between shifts, the port said.\n\nA state mediator, Ingrid Dahl, will meet both sides in Oslo on Monday. “I am not hopeful,” said Ingrid Dahl.", section="Business")  # fmt: skip
    desk.publish("copy-ferries", "courier.example", at=10, headline="Ferry crews strike in Bergen", text="Ferry crews in Bergen stopped work on Saturday in a dispute over rest between shifts, the port said.", section="Business")  # fmt: skip
    desk.publish("islands", "islands.example", at=30, headline="Islanders stock up as the ferries stop", text="Shops on the islands sold out of bread by noon. “We remember 2019,” said Kari Moe, a shopkeeper.\n\nThe coast guard sent a boat from Kristiansand with 20 tonnes of food.", section="Islands")  # fmt: skip
    desk.story(("wire-ferries", "wire.example", "original"), ("copy-ferries", "courier.example", "copy"), ("islands", "islands.example", "rewrite"), ("ferries", "herald.example", "rewrite"))  # fmt: skip
    desk.comments(
        "ferries",
        [
            (0, None, "My mother has an appointment on the mainland on Monday. Is there any word on hospital trips?"),
            (1, 0, "The port said that there will be a boat on standby."),
            (2, 1, "Where did they say that?\n\nI can’t find it."),
            (3, None, "Six hours between shifts is not safe. I would not want a tired captain in that fog."),
            *(
                (n, n - 1 if n % 4 else None, f"Comment number {n} about the strike and its end.")
                for n in range(4, 640)
            ),
        ],
    )
    desk.publish("arabic", "jarida.example", at=25, language="ar", headline="إضراب عمال العبارات في ميناء بيرغن يدخل يومه الثاني", text="أعلن عمال العبارات في ميناء بيرغن استمرار الإضراب لليوم الثاني على التوالي بعد فشل المحادثات مع الإدارة.\n\nوقال رئيس النقابة إن المطالب لم تتغير، وإن العمال يريدون ثماني ساعات من الراحة بين المناوبات (8 hours).", section="اقتصاد", byline="بقلم ليلى حداد")  # fmt: skip
    desk.comments(
        "arabic", [(0, None, "نتمنى أن ينتهي الإضراب قريبا."), (1, 0, "Agreed, in English.")], "jarida.example"
    )
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2
    desk.publish("long", "zeitung.example", at=22, language="de", headline=f"{long} streikt", text=f"Die {long} hat ihre Arbeit niedergelegt.\n\nhttps://zeitung.example/{'a' * 300}", section="Wirtschaft" + "swissenschaft" * 6, byline=f"Von {'Ab' * 40}")  # fmt: skip
    desk.comments("long", [(0, None, "x" * 500)], "zeitung.example")
    desk.publish("tokyo", "shimbun.example", at=21, language="ja", headline="フェリー乗務員がベルゲンでスト", text="ベルゲン港のフェリー乗務員は土曜日、勤務間の休息をめぐる対立でストライキに入った。", section="経済")  # fmt: skip
    desk.publish("markup", at=18, headline="What a <b>port</b> costs & who pays", text="The port is paid for by three parties.\n\nWho pays\n\nThe city pays half. The report has more.\n\nYear | Crowns\n\n2025 | 61 million", body_html='<p>The port is paid for by <em>three</em> parties.</p><h2>Who pays</h2><p>The city pays half. <a href="https://city.example/report">The report</a> has more.</p><table><tr><th>Year</th><th>Crowns</th></tr><tr><td>2025</td><td>61 million</td></tr></table><img src="https://pictures.example/port.jpg" alt="The port">', section="Business")  # fmt: skip
    desk.publish("hostile", "odd.example", at=16, headline="<script>alert(1)</script> \"quoted' & more", text="<img src=x onerror=alert(1)> is what it says.", section="</nav><script>", byline="By <b onclick=x>Eve</b>")  # fmt: skip
    desk.comments("hostile", [(0, None, "<script>alert(2)</script> javascript:alert(3)")], "odd.example")
    desk.publish("killed", at=5, headline="zanzibar libel one", text="zanzibar killed text one.")
    desk.publish("killed", at=6, headline="zanzibar libel two", text="zanzibar killed text two.")
    desk.kill("killed", at=9)
    desk.publish("embargoed", at=5, headline="zanzibar under embargo", text="zanzibar embargoed.", embargo_until="2099-01-01T00:00:00Z")  # fmt: skip
    desk.publish("embargoed", at=7, headline="zanzibar under embargo still", text="zanzibar embargoed again.", embargo_until="2099-01-01T00:00:00Z")  # fmt: skip
    desk.publish(
        "withheld", at=4, headline="A withheld story that came out", text="zanzibar withheld text.", withheld=True
    )
    desk.publish("withheld", at=8, headline="A withheld story that came out", text="Open text.")
    desk.publish("withheld", at=9, headline="A withheld story that came out", text="Open text, once more.")
    subjects = (
        "council",
        "harvest",
        "bridge",
        "school",
        "museum",
        "orchestra",
        "election",
        "budget",
        "river",
        "stadium",
    )
    for n in range(40):
        what, section = subjects[n % 10], ("Business", "Culture", "Sport", "World", "Science")[n % 5]
        desk.publish(f"filler-{n}", f"paper{n % 4}.example", at=-30 - n * 700, headline=f"The {what} and what comes next, part {n}", text=f"The {what} is the talk of the town.\n\nNobody knows what the {what} will cost.", section=section, summary=f"The {what} is the talk of the town." if n % 3 else None)  # fmt: skip
    return desk
