"""What isn't for publication is never shown, whichever door it came through."""

from __future__ import annotations

import json

import pytest

from pipeline.formats.desk_notes import parted
from pipeline.stages.normalize import normalize_article
from schemas.article import Article
from tests.support.samples import events, ninjs

STORY = ["The council voted on Tuesday to close the bridge.", "Buses will go round by the mill, the mayor said."]


@pytest.mark.parametrize(
    "tail",
    [
        ["# Notebook", "## Internet links", "- [County](http://c.example)", "* * * *", "The following information is not intended for publication", "## Editorial contacts", "- Reporting by: A", "nwd av bl"],
        ["* * * * The following information is not for publication", "## nwd Contacts - Editing by: Bo Lind Tel: +49 30 1234 5678; <desk@nwd.example>", "nwd wsz jln npr"],
        ["Notizblock", "Redaktionelle Hinweise", "- Foto folgt", "Die folgenden Informationen sind nicht zur Veröffentlichung bestimmt", "Kontakte"],
        ["Les informations suivantes ne sont pas destinées à la publication", "Anne Petit, +33 1 23 45 67 89"],
        ["La siguiente información no está destinada a su publicación:", "- Redacción: Ana, +34 91 123 45 67"],
        ["Le seguenti informazioni non sono destinate alla pubblicazione", "Mario Rossi"],
        ["De volgende informatie is niet bestemd voor publicatie", "Jan de Vries"],
        ["As seguintes informações não se destinam a publicação", "Rui Costa"],
        ["Ej för publicering: ring desken, 08-123 45 67"],
        ["Følgende oplysninger er ikke til offentliggørelse", "Redaktionen"],
        ["Følgende opplysninger er ikke beregnet for publisering", "Desken"],
        ["Pressekontakt:", "Erika Muster", "Tel. 030 1234567", "erika@mill.example"],
        ["Contact presse", "Anne Petit, +33 1 23 45 67 89"],
        ["Contatti stampa: Mario Rossi, 02 1234567, m@mill.example"],
        ["Contact:", "Jane Doe", "jane@mill.example", "+1 555 123 4567"],
        ["Notes to editors", "Photographs are available at the harbour office."],
        ["Redaktion: S. Degen, 030285232232, sport@nwd.example"],
        ["nwd av bl"],
        ["Jane Doe, Mill Works, +1 555 123 4567, jane@mill.example"],
        ["-ENDS-", "Photographs: www.mill.example", "Jane Doe, jane@mill.example"],
        ["The information below this line is not intended for publication.", "Ann Lee, 020 7946 0000"],
        ["The contact details below are for editors only and must not be published.", "Ann Lee, 020 7946 0000"],
        ["INTERNAL: do not publish", "Ann Lee 212 555 0100"],
        ["Not for publication Ann Lee, +49 30 1234 5678"],
        ["Noot voor de redactie: de volgende gegevens zijn niet bestemd voor publicatie", "Jan Peeters: 02 743 23 11"],
        ["Noot voor de pers, niet voor publicatie:", "Jan Peeters, 020 560 60 60"],
        ["Nur für den internen Gebrauch:", "Bo Mut, 030 123456"],
        ["Rückfragen & Kontakt:", "Bo Mut", "Tel.: 01 123456", "bo@mill.example"],
        ["NOTA À REDAÇÃO: não publicar", "Contacto: Rui Sá, 21 711 65 00"],
        ["Información de contacto (no para publicación):", "Ana Ruiz, 91 346 71 00"],
        ["TT-anm: Nedanstående är inte avsett för publicering", "Ann Lee 070-123 45 67"],
        ["Til redaksjonene: Følgende er ikke beregnet for publisering.", "Ring vaktsjef på 22 00 11 22"],
        ["Toimituksille tiedoksi, ei julkaistavaksi: Aino Oja, 050 123 4567"],
        ["Informacja nie do publikacji:", "Jan Kowalski, tel. 22 509 22 22"],
        ["Není určeno k publikaci:", "Jan Novák, tel. 222 098 111"],
        ["Nem publikálható:", "Kiss Anna, +36 1 441 9000"],
        ["Інформація не для публікації:", "Іван 044 123 45 67"],
        ["【編集者注】以下は掲載用ではありません", "担当 03-1234-5678"],
        ["以下内容不供发表", "联系人 010-6307 1114"],
        ["((ann.lee@wire.example; +44 20 7542 1234; Wire Messaging: ann.lee@wire.example))"],
        ["Контакты для прессы:", "Анна Петрова, +7 912 345 67 89, anna@nwd.example"],
        ["Пресс-служба: +7 495 123-45-67, press@nwd.example"],
        ["Примечание для редакций:", "Фото: desk@nwd.example"],
        ["ملاحظة للمحررين:", "الصور متوفرة على desk@nwd.example"],
        ["للتواصل الصحفي:", "آنا، 0501234567، anna@nwd.example"],
        ["媒体联系人：", "李安，13812345678，li@nwd.example"],
        ["编者注（不供发表）：市长手机 13812345678"],
        ["編集者向け注記：", "写真は desk@nwd.example まで"],
        ["本件に関するお問い合わせ先", "広報部　田中　TEL 03-1234-5678"],
        ["보도 담당자 연락처", "김안나 02-123-4567 anna@nwd.example"],
        ["Kontakt pro média:", "Jan Novák, 222 098 111"],
        ["Sajtókapcsolat", "Kiss Anna, +36 1 441 9000"],
        ["Επικοινωνία Τύπου", "Άννα Λη, 210 123 4567"],
        ["Basın iletişim:", "Anna Li, 0532 123 45 67"],
        ["Pour en savoir plus, veuillez communiquer avec :", "Anne Petit", "anne@mill.example", "514 555-1234"],
    ],
    ids=lambda tail: tail[0][:30],
)  # fmt: skip
def test_what_a_desk_writes_below_a_story_is_for_desks(tail: list[str]) -> None:
    assert parted([*STORY, *tail]) == (STORY, [one for one in tail if any(map(str.isalnum, one))])


@pytest.mark.parametrize("end", [["Press contact: Jane Doe, +1 555 123 4567, jane@acme.example"], ["Contact presse", "Anne Petit, anne@acme.example"]])  # fmt: skip
def test_what_a_company_says_about_itself_below_its_contacts_stays(end: list[str]) -> None:
    about = ["About Acme", "Acme has made bridges since 1911."]
    assert parted([*STORY, *end, *about]).story == [*STORY, *about]


@pytest.mark.parametrize(
    "line",
    [
        "Write to the county at bridge@county.example before Friday, the secretary said.",
        "The report was not for publication, he said.",
        "“This is not for publication,” the mayor told aides.",
        "The minutes are not for publication before June.",
        "Contact between the towns was lost at noon.",
        "Press contacts between the towns have improved, the secretary said.",
        "Anyone in need can call 116 123 day and night.",
        "The notebook of the engineer was found in the mill.",
        "* Two towns share the cost",
        "Tickets cost ten crowns and are at tickets@theatre.example or +44 20 1234 5678.",
        "ENDS of rope lay on the quay.",
        "The minutes are not for publication, said the clerk, and can be read at 020 7946 0000.",
        "The draft is for editors only, the paper wrote",
        "The tape must not be published.",
        "Do not publish my name, the witness asked the paper on 020 7946 0000.",
        "(Anyone who saw it can write to bridge@county.example, the county says. It answers all.)",
        "Пресс-служба мэрии сообщила, что мост закрыт.",
        "媒体联系不上市长。",
        "本件に関する説明会は月曜日に開かれる。",
        "Die Informationen seien nicht zur Veröffentlichung bestimmt gewesen, sagte der Bürgermeister.",
    ],
)
def test_what_belongs_to_a_story_stays(line: str) -> None:
    assert parted([*STORY, line]).story == [*STORY, line]
    assert parted([line, *STORY]).story == [line, *STORY]


def test_a_line_for_desks_above_a_story() -> None:
    for line in ("(Adds details, quotes)", "Eds: Updates with quotes.", "Achtung Redaktionen: Foto folgt"):
        assert parted([line, *STORY]) == (STORY, [line])


def normal(**item: object) -> Article:
    (event,) = events(json.dumps(ninjs("urn:n", **item))).events
    data = normalize_article(event).data  # type: ignore[arg-type]
    assert isinstance(data, Article)
    return data


TAIL = "<section><h4>Press contact</h4><ul><li>Jane Doe, +1 555 123 4567</li><li>jane@mill.example</li></ul></section>"


@pytest.mark.parametrize(
    "markup",
    [
        f"<p>{STORY[0]}</p><p>{STORY[1]}</p>{TAIL}",
        f"<div><p>{STORY[0]}</p><p>{STORY[1]}</p><p>* * * *</p><p>Not for publication</p><p>Jane Doe, jane@mill.example</p></div>",
        f"<p>{STORY[0]}</p><p>{STORY[1]}<br><br>Press contact: Jane Doe, jane@mill.example</p>",
    ],
)
def test_neither_text_nor_markup_nor_changes_have_it(markup: str) -> None:
    found = normal(body_html=markup, body_text=None)
    assert found.paragraphs == tuple(STORY)
    assert "jane@mill.example" in (found.editor_note or "")
    assert "jane" not in found.model_dump_json(exclude={"editor_note"}).casefold()
    assert ("paragraphs", "not-for-publication") in {(one.field, one.rule) for one in found.changes}


def test_a_story_of_which_nothing_is_for_publication_is_withheld() -> None:
    found = normal(body_text="NOT FOR PUBLICATION: advisory\n\nPlan for tomorrow.", headline="Planning note")
    assert (found.paragraphs, found.withheld) == ((), True)
    assert not normal(body_text="\n\n".join(STORY)).withheld


def test_a_note_of_a_correction_has_no_contacts() -> None:
    found = normal(ednote="CORRECTS the year.\nPress contact: Jane Doe, jane@mill.example")
    assert found.correction_note == "CORRECTS the year."


def test_sign_offs_and_keywords_are_not_in_the_markup_either() -> None:
    markup = f"<p>{STORY[0]}</p><p>{STORY[1]}</p><p>Keywords: bridge, council</p><p>asl/tib/pid</p>"
    found = normal(body_html=markup, body_text=None)
    assert found.paragraphs == tuple(STORY)
    assert found.body_html == f"<p>{STORY[0]}</p><p>{STORY[1]}</p>"


@pytest.mark.parametrize(
    "mark",
    [
        "【編集者注】以下は公表しないでください。", "以下の情報は報道用ではありません", "(以下は編集用メモ、掲載しないこと)", "编者按：以下内容不得公开", "以下內容僅供編輯參考", "이하 내용은 보도용이 아닙니다",
        "المعلومات التالية ليست للنشر", "המידע הבא אינו מיועד לפרסום", "اطلاعات زیر برای انتشار نیست", "یہ معلومات اشاعت کے لیے نہیں", "निम्नलिखित जानकारी प्रकाशन के लिए नहीं है",
        "ข้อมูลต่อไปนี้ไม่ใช่สำหรับการเผยแพร่", "Thông tin sau không dành cho xuất bản", "Informasi berikut bukan untuk dipublikasikan", "Aşağıdaki bilgiler yayımlanmak üzere değildir",
        "Только для служебного пользования", "Нижеследующее не для печати", "Наступна інформація не призначена для публікації", "Do użytku wewnętrznego", "Následující informace nejsou určeny k publikaci",
        "Az alábbiak nem publikálhatók", "Următoarele informații nu sunt destinate publicării", "Η παρακάτω πληροφορία δεν προορίζεται για δημοσίευση", "ΟΧΙ ΓΙΑ ΔΗΜΟΣΙΕΥΣΗ",
        "Sljedeće informacije nisu za objavu", "Seuraavia tietoja ei ole tarkoitettu julkaistavaksi", "Eftirfarandi er ekki ætlað til birtingar", "Järgnev info ei ole avaldamiseks",
        "Šī informācija nav publicēšanai", "Toliau pateikta informacija neskelbtina", "Lo que sigue no es para publicar", "NE PAS PUBLIER CE QUI SUIT", "Ab hier nicht zur Veröffentlichung",
        "The information below is for internal use only", "Do not publish below this line", "NOT FOR PUBLICATION/BROADCAST", "Confidential: not to be published", "- Ends - Notes to Editors",
    ],
)  # fmt: skip
def test_a_mark_by_itself_parts_what_follows_without_an_address(mark: str) -> None:
    assert parted([*STORY, mark, "The pictures of the mill come at noon"]).story == STORY


@pytest.mark.parametrize(
    "line",
    [
        "この情報は公開しないと政府は述べた。", "비공개", "以下では公開しない理由を述べる。", "Не для печати, сказал он журналистам.", "The papers are not to be published before May, he said.",
        "내부용", "Bu karar yayımlandı.", "La información es para uso interno, dijo el juez.",
    ],
)  # fmt: skip
def test_a_sentence_about_publication_stays(line: str) -> None:
    assert parted([*STORY, line, "That was the end of it."]).notes == []
