"""The words by which desks say that something isn't for publication, in the languages of agencies."""

from __future__ import annotations

STARTERS = (
    r"(?:the\s+)?(?:following|below|above)\b|(?:the\s+)?information\b|fyi\b|confidential\b|(?:this|these|all)\s+(?:\w+\s+)?(?:information|section|parts?|details?|material|notes?|contacts?|paragraphs?|block|lines?|text)\b|information\b|background\b|contacts?\b|notes?\b|strictly\b|attention\b|editors?\b"
    r"|(?:die|alle|diese)\s+(?:\w+\s+)?(?:folgenden|nachfolgenden|nachstehenden|informationen|angaben|hinweise|daten|kontakte)\b|(?:folgende|nachfolgende|nachstehende)\b|ab\s+hier\b|der\s+folgende\b|achtung\b|hinweise?\b"
    r"|(?:les?|la|ces|cette)\s+(?:informations?|éléments?|lignes?|partie|section|coordonnées|mentions?|contacts?|note)\b|informations?\b|coordonnées\b"
    r"|(?:la|las|los|el|esta|estas)\s+(?:siguientes?|informaci[oó]n|información|datos|contactos|nota|parte)\b|informaci[oó]n\b|siguientes?\b|lo\s+(?:que\s+sigue|siguiente)\b"
    r"|(?:le|la|i|gli|queste?|questa)\s+(?:seguent[ei]|informazion[ei]|dati|contatti|note?|parte)\b|informazion[ei]\b|seguent[ei]\b"
    r"|(?:de|deze|het)\s+(?:volgende|onderstaande|informatie|gegevens|tekst)\b|(?:volgende|onderstaande)\b"
    r"|(?:as?|os?|estas?|esta)\s+(?:seguintes?|informaç(?:ão|ões)|dados|contactos|contatos|nota|parte)\b|informaç(?:ão|ões)\b"
    r"|(?:följande|nedanstående|denna|dessa)\b|(?:følgende|nedenstående|nedenst[åa]ende|denne|disse)\b|(?:seuraavat|seuraava|alla olevat|nämä)\b|(?:następujące|poniższe)\b|(?:следующ|нижеследующ|нижеприведенн|эт[аио])\w*|(?:наступн|нижченаведен|ця)\w*"
    r"|(?:aşağıdaki|bu)\b|(?:následující|nasledujúc|níže|tyto|tieto)\w*|(?:az?\s+)?alábbi\w*|(?:ez|ezek)\s+az?\b|următo(?:arele|rul|area)\b|(?:η|το|τα|οι|τις?)\s+(?:παρακάτω|ακόλουθ\w+)|(?:следнат|следващ|долн)\w*"
    r"|(?:sljedeć|sledeć|naslednj|ov[aeio])\w*|seuraav\w+|eftirfarandi\b|järgnev\w*|š[īi]\w*|toliau\b|ši\w*|(?:thông\s+tin|nội\s+dung|phần)\b|(?:informasi|maklumat|keterangan|berikut|bagian|bahagian)\b|la\s+informació\b|el\s+que\s+segueix\b"
)
NOT_FOR_PUBLICATION = (
    r"not\s+(?:(?:be|intended|meant|destined|cleared|authori[sz]ed)\s+)*(?:for\s+(?:publication|broadcast|public(?:ation)?\s+(?:use|release))|to\s+be\s+published)(?:(?:\s+or\s+|\s*/\s*)(?:broadcast|publication))?|not\s+to\s+be\s+published|not\s+for\s+use|for\s+internal\s+use\s+only|for\s+editors['’]?\s+information(?:\s+only)?|do\s+not\s+publish\s+below\s+this\s+line|(?:do|must|may|should|shall|can)\s+not\s+(?:be\s+)?publish(?:ed)?|(?:for\s+)?(?:editors|newsrooms?|desks?|internal\s+use)\s+only|non-?public(?:able)?"
    r"|nicht\s+(?:zur|für\s+die|zum)\s+(?:veröffentlichung|publikation|abdruck|veröffentlichen)(?:\s+(?:bestimmt|gedacht|freigegeben|vorgesehen))?|nicht\s+für\s+die\s+öffentlichkeit(?:\s+bestimmt)?|nur\s+(?:für|zu|zum|zur)\s+(?:die\s+|den\s+)?(?:redaktion(?:en)?|interne[nr]?\s+(?:zwecken?|gebrauch|verwendung|nutzung|informationen?))"
    r"|(?:(?:ne\s+)?(?:sont|est|doivent|doit)\s+)?(?:pas|non)\s+(?:être\s+)?(?:destinée?s?\s+à\s+(?:la\s+publication|la\s+diffusion|être\s+publiée?s?)|pour\s+(?:publication|diffusion)|publiables?|publiée?s?)|(?:à\s+)?ne\s+pas\s+(?:publier|diffuser)(?:\s+ce\s+qui\s+suit)?|(?:à\s+|pour\s+)?usage\s+interne(?:\s+uniquement)?|réservée?s?\s+aux\s+rédactions"
    r"|no\s+(?:(?:est[áa]n?|son|es)\s+)?(?:destinad[oa]s?\s+(?:a|para)\s+(?:su\s+|la\s+)?(?:publicaci[oó]n|difusi[oó]n|ser\s+publicad[oa]s?)|(?:para|apt[oa]s?\s+para)\s+(?:(?:su\s+|la\s+)?publicaci[oó]n|publicar)|publicables?|publicar)|(?:(?:s[oó]lo|exclusivamente)\s+)?para\s+uso\s+interno"
    r"|non\s+(?:(?:sono|è)\s+)?(?:destinat[aeio]\s+all[a’']\s*pubblicazione|per\s+(?:la\s+)?pubblicazione|pubblicabil[ei]|pubblicare)|da\s+non\s+pubblicare|(?:(?:solo|esclusivamente)\s+)?per\s+uso\s+interno"
    r"|niet\s+(?:(?:bestemd|bedoeld)\s+)?voor\s+publicatie(?:\s+(?:bestemd|bedoeld))?|niet\s+publiceren|(?:alleen|uitsluitend)\s+voor\s+intern\s+gebruik"
    r"|n[ãa]o\s+(?:(?:s[ãa]o|é|se)\s+)?(?:destinad[oa]s?|destinam?|para)\s*(?:à|a|para)?\s*(?:a\s+)?publica(?:ção|cao)|não\s+publicar"
    r"|(?:är\s+)?(?:ej|inte|icke)\s+(?:avse(?:dda?|tt)\s+)?för\s+publicering|endast\s+för\s+internt\s+bruk|får\s+(?:ej|inte)\s+publiceras"
    r"|(?:er\s+)?(?:ikke|ej)\s+(?:(?:beregnet|bestemt|ment|tiltenkt)\s+)?(?:til|for)\s+(?:publisering|publicering|offentliggørelse|offentliggjøring|offentliggjørelse)|(?:må|skal)\s+ikke\s+(?:offentliggøres|offentliggjøres|publiseres|publiceres)"
    r"|(?:eivät|ei)\s+(?:ole\s+)?(?:tarkoitett?[ua]\s+)?julkais(?:tavaksi|taviksi|uun)|nie\s+(?:(?:są|jest)\s+)?(?:przeznaczon[eya]\s+)?do\s+publikacji|(?:do|dla)\s+użytku\s+wewnętrznego|(?:nen[ií]|není|nejsou|nie\s+(?:je|sú))\s+určen[oaéáýyi]?\s+(?:k|na)\s+(?:publikaci|publikovanie|zveřejnění|zverejnenie)|nezveřejňovat|nem\s+(?:publikálható|nyilvános|közölhető)(?:a?k)?|(?:nije|nisu|ni|niso)\s+(?:za|namij?enjeno)\s+objav[uo]|nu\s+(?:(?:este|sunt)\s+)?(?:destinat[eăi]?\s+publicării|pentru\s+publicare|se\s+publică)|не\s+(?:е\s+)?за\s+публикуване|не\s+(?:призначен[аоі]?\s+)?для\s+(?:публікації|друку)|(?:δεν\s+προορίζ\w+|όχι)\s+(?:για|προς)\s+δημοσίευση|не\s+(?:предназначен[аоы]?\s+)?для\s+(?:публикации|печати)|(?:только\s+)?для\s+служебного\s+пользования|όχι\s+(?:για|προς)\s+δημοσίευση|οχι\s+(?:για|προς)\s+δημοσιευση|yay[ıi]n\s+için\s+değildir|yay[ıi][nm]lanma(?:z|yacak|s[ıi]n)|yay[ıi][nm]lanmak\s+üzere\s+değildir"
    r"|ekki\s+ætla[ðs]\w*\s+til\s+birtingar|ei\s+ole\s+(?:mõeldud\s+)?avaldamiseks|nav\s+(?:paredzēt[sai]\s+)?public[eē]šanai|neskelbtin\w+|no\s+(?:és|està)\s+(?:per\s+(?:a\s+)?|destinada?\s+a\s+(?:la\s+)?)publica\w+"
    r"|(?:bukan|tidak)\s+untuk\s+(?:dipublikasikan|publikasi|penerbitan|disiarkan|diterbitkan)|(?:untuk\s+)?(?:kalangan\s+(?:internal|terbatas)|kegunaan\s+dalaman)|không\s+(?:dành\s+cho|để)\s+(?:xuất\s+bản|công\s+bố|đăng)|không\s+được\s+(?:đăng|công\s+bố|phổ\s+biến)|lưu\s+hành\s+nội\s+bộ"
    r"|(?:掲載用ではありません|掲載不可|非掲載|公開不可|不供发表|不得发表|请勿(?:发表|刊登|发布)|請勿(?:發表|刊登)|不供刊登|(?:ليس|غير\s+مخصص)\s+للنشر)"
)
BEGUN_ELSEWHERE = (
    r"[※◆■●▼]?\s?(?:【?[^】\s]{1,12}】|(?:编者按|編者按|注意|注)[:：])?\s?(?:以下|下記|次の|上記|本項|この|下列|上述|此|本段|이하|다음|아래|위)"
    r"|(?:هذه|هذا|المعلومات|البيانات|الفقر(?:ة|ات)|النص|الملاحظ(?:ة|ات)|ما\s+يلي|التالي)|(?:המידע|הפרטים|הדברים|להלן)|(?:این|اطلاعات|مطالب|موارد|متن)|(?:یہ|مندرجہ|درج)|(?:निम्नलिखित|निम्न|यह|ये|नीचे)|(?:ข้อมูล|ข้อความ|เนื้อหา)"
)
UNPUBLISHED_ELSEWHERE = (
    r"(?:公表|報道|掲載|公開|配信)(?:は|を)?し(?:ない(?:で(?:ください|下さい)?|こと)|ません)|(?:報道|掲載|公開|配信|公表)用では(?:ありません|ない|なく)|記事に(?:は)?しない(?:で(?:ください|下さい)|こと)|(?<=[はの。、】:：])(?:内部|社内|編集(?:者|部)?|デスク)(?:向け|用|限り)(?:の?(?:情報|メモ|連絡))?(?:です)?|(?:掲載|公開|報道|配信)(?:不可|禁止|厳禁)|部外秘"
    r"|(?:不得|不要|请勿|請勿|不可|禁止)(?:对外)?(?:公开|公開|发表|發表|发布|發布|刊登|播出|报道|報道)|不(?:对|對)外(?:公开|公開|发布|發布)|不供(?:发表|發表|刊登|报道|報道)|(?:仅|僅|只)供(?:编辑|編輯|内部|內部|编辑部|編輯部)(?:参考|參考|使用)?|(?:内部|內部)(?:资料|資料|参考|參考|使用)"
    r"|(?:보도|공개|게재|배포)용?(?:이|은|는)?\s?(?:아닙니다|아님|불가|금지)|(?<=[\s:–-])비공개|(?:보도|공개|게재)하지\s?마(?:십시오|세요|시오)|(?<=[\s:–-])(?:내부|데스크|편집자)\s?(?:참고)?용"
    r"|(?:ليس(?:ت)?|غير\s+مخصص(?:ة)?|غير\s+معد(?:ة)?)\s+للنشر|(?:لا|يرجى\s+عدم)\s+(?:تنشر|نشر(?:ها)?|تُنشر)|للاستخدام\s+الداخلي(?:\s+فقط)?|(?:לא|אינ[וםה]|איננ[וה])\s+(?:מיועד(?:ת|ים)?\s+)?לפרסום|לשימוש\s+פנימי(?:\s+בלבד)?"
    r"|برای\s+انتشار\s+(?:نیست|نمی‌?باشد)|غیر\s?قابل\s+انتشار|منتشر\s+نشود|اشاعت\s+کے\s+لیے\s+نہیں(?:\s+ہے|\s+ہیں)?|प्रकाशन\s+के\s+लिए\s+नहीं(?:\s+हैं?)?|प्रकाशित\s+न\s+करें|(?:ไม่ใช่|ไม่)\s?(?:มีไว้)?(?:สำหรับ|เพื่อ)(?:การ)?(?:เผยแพร่|ตีพิมพ์)|ห้าม(?:เผยแพร่|ตีพิมพ์)"
)
"""The same of scripts that write without spaces, or put the mark where others have a verb: beginnings, and marks."""
NOTES = (
    r"(?:примечани[ея]|вниманию|к\s+сведению|информация|заметк[аи])\s+(?:для\s+)?(?:редакци[ийя]|редактор(?:ов|ам)|сми|журналистов)|(?:примітк[аи]|до\s+уваги)\s+(?:для\s+)?(?:редакці\w+|редакторів|змі)"
    r"|do\s+wiadomości\s+redakcji|uwaga,?\s+redakcje|poznámk[ay]\s+pro\s+(?:redakce|editory|novináře)|szerkesztőségi\s+(?:megjegyzés|közlemény)|megjegyzés\s+(?:a\s+)?szerkesztő\w+|not[ăe]\s+(?:pentru|către)\s+(?:redacți\w+|editori)"
    r"|σημείωση\s+(?:προς|για)\s+(?:τους\s+|τις\s+)?(?:συντάκτες|συντάξεις)|editörlere\s+not|napomena\s+za\s+(?:redakcije|urednike)|бележка\s+за\s+редактор\w+"
    r"|(?:ملاحظ(?:ة|ات)|تنويه)\s+(?:إلى\s+|لل|لـ?\s*ال)?(?:السادة\s+)?(?:ال)?(?:محر[ّ]?رين|صحفيين|تحرير)"
    r"|(?:致|给|給)(?:各位)?(?:编辑|編輯|媒体|媒體|记者|記者)(?:的)?(?:说明|說明|备注|備註|注意事项)?|(?:编辑|編輯)(?:备注|備註|注意)|(?:編集者|報道関係者|報道機関|記者)(?:の)?(?:皆様|各位|様)?(?:へ|向け)?の?(?:注記?|注意|お知らせ|ご?案内|備考)?"
    r"|편집자(?:께|에게)?\s*(?:참고|주의|알림)(?:\s*사항)?|(?:기자|편집자)\s*참고\s*사항"
)
"""Headings of notes to editors, of languages that desk_notes.py doesn't have."""
PRESS = (
    r"(?:контакт(?:ы|ная\s+информация|ное\s+лицо)?|телефоны?)\s+(?:для\s+)?(?:прессы|сми|журналистов)|пресс-(?:служба|центр|секретарь|контакт)|(?:контакти|контактна\s+особа)\s+для\s+(?:преси|змі|медіа)|прес-(?:служба|секретар)|за\s+(?:контакти\s+с\s+)?медии(?:те)?"
    r"|kontakt(?:y)?\s+(?:pro|pre)\s+(?:médi[aá]|novin[áa][řr]\w+)|tiskov[éýá]\s+(?:oddělení|mluvčí|kontakt)|sajtó(?:kapcsolat(?:ok)?|elérhetőség|osztály)|contacte?\s+(?:de\s+|pentru\s+)?pres[ăa]|biroul?\s+de\s+presă|kontakt\s+za\s+(?:medije|novinare)|biuro\s+prasowe|rzecznik\s+prasowy"
    r"|(?:επικοινωνία|στοιχεία\s+επικοινωνίας)\s+(?:με\s+τον\s+)?(?:τύπου?|μμε|για\s+(?:τα\s+)?(?:μμε|μέσα))|γραφείο\s+τύπου|bas[ıi]n\s+(?:irtibat|iletişim|danışman[ıi]|bürosu|sözcüsü)(?:\s+\w+)?"
    r"|(?:للتواصل|للاتصال|للاستفسار(?:ات)?|جهة\s+(?:ال)?اتصال|لمزيد\s+من\s+المعلومات|المكتب|الاتصال|مسؤول)\s*(?:الصحفي(?:ة)?|الإعلامي(?:ة)?|للإعلام(?:يين)?|لوسائل\s+الإعلام|مع\s+الصحافة)"
    r"|(?:媒体|媒體|新闻|新聞|记者|記者)(?:联系|聯繫|聯絡|联络|查询|查詢|咨询|諮詢|垂询)(?:人|方式|信息|电话|電話|窗口)?"
    r"|(?:(?:本件|取材|報道)(?:に関する|について)?(?:の)?|(?:報道|メディア|プレス)(?:関係者?|機関)?(?:の方)?(?:から|向け)?(?:の)?)(?:お)?(?:問い?合わ?せ|連絡)(?:先|窓口)?|(?:報道|広報|プレス)(?:担当|窓口|連絡先)"
    r"|(?:보도|언론|취재|미디어|홍보)\s*(?:자료)?\s*(?:관련)?\s*(?:담당자?|문의처?|연락처)(?:\s*(?:연락처|문의))?"
)
"""Headings of contacts of the press, likewise."""
CONTACTS = (
    r"контакт(?:ы|ная\s+информация|ное\s+лицо|и)|(?:за\s+)?(?:дополнительной|подробной)\s+информаци\w+[^.:]{0,40}|kontakty|kontaktní\s+údaje|kapcsolat|elérhetőség(?:ek)?|dane\s+kontaktowe|iletişim|irtibat|επικοινωνία|στοιχεία\s+επικοινωνίας"
    r"|للتواصل|للاتصال|للاستفسار(?:ات)?|لمزيد\s+من\s+المعلومات(?:\s+يرجى\s+الاتصال\s+\w+)?|联系(?:人|方式|电话|我们)|聯[絡繫](?:人|方式|電話)|(?:お)?問い?合わ?せ(?:先|窓口)?|連絡先|문의(?:처)?|연락처|담당자"
)
"""Headings of contacts of anybody, likewise."""
STEMS = (
    "publi", "pubbl", "ffentli", "julkais", "broadcast", "abdruck", "diffus", " only", "intern", "публик", "публі", "печат", "друк", "yay", "zveře", "zverej", "közöl",
    "nyilv", "objav", "δημοσ", "掲載", "公開", "发表", "發表", "刊登", "发布", "للنشر",
    "note", "nota", "noot", "notat", "noti", "bloc", "carnet", "taccuino", "libreta", "cuaderno", "kladblok", "anteckning", "muistio",
    "editor", "attention", "achtung", "hinweis", "reda", "réda", "toimitu", "till ", "til ",
    "onta", "press", "medi", "newsroom", "pr ", "ansprech", "rückfrag", "prensa", "stampa", "pers",
    "примеч", "вниманию", "сведен", "контакт", "информац", "заметк", "телефон", "пресс", "прес", "приміт", "уваги", "медии", "бележк", "wiadomo", "uwaga", "poznámk", "szerkeszt",
    "notă", "σημείωση", "editörl", "napomena", "tiskov", "sajtó", "kapcsolat", "elérhet", "biuro", "rzecznik", "επικοινων", "γραφείο", "basın", "basin", "iletişim", "irtibat", "dane",
    "ملاحظ", "تنويه", "تواصل", "اتصال", "استفسار", "معلومات", "المكتب", "مسؤول", "编辑", "編輯", "媒体", "媒體", "记者", "記者", "新闻", "新聞", "联系", "聯", "問", "連絡", "担当", "窓口", "本件", "報道", "編集",
    "편집자", "기자", "보도", "언론", "취재", "미디어", "홍보", "문의", "연락처", "담당",
    "公表", "掲載", "公开", "內部", "内部", "社内", "部外", "記事", "配信", "编者", "编辑", "仅供", "僅供", "공개", "게재", "내부", "데스크", "تنشر", "الداخلي", "לפרסום", "פנימי",
    "انتشار", "منتشر", "اشاعت", "प्रका", "เผยแพร่", "ตีพิมพ์", "xuất bản", "công bố", "nội bộ", "siarkan", "erbit", "kalangan", "dalaman", "служебн", "użytku", "birtingar", "avaldami",
    "neskelb", "for use", "yayım",
    "imprensa", "lehdist", "lisätieto", "coordonn", "yhteys", "communiquer", "informa",
)  # fmt: skip
"""A line without one of these in its first words is none of the headings and marks: most lines of a story."""

ROLES = (
    r"(?:np-)?non-?public(?:able|ation)?|not-?for-?(?:pub(?:lication)?|broadcast|release)|nfp|private|confidential|for-?(?:editors|desks|internal-?use)(?:-?only)?|(?:editors?|desks?|newsrooms?|staff|editorial|redaktion)-?only|internal-?(?:notes?|use|only|info(?:rmation)?)"
    r"|editorial-?(?:notes?|contacts?|info(?:rmation)?|advisory|advice|guidance)|ed(?:itor(?:ial)?)?s?-?notes?|notes?-?(?:to|for)-?(?:the-?)?(?:editors?|desks?)|notepad|notizblock|notebook|desk-?notes?"
    r"|(?:press|media|presse)-?(?:contacts?|kontakte?|office)|contacts?-?(?:for-?|de-?)?(?:(?:the|la)-?)?(?:press|media|presse|m[ée]dias)"
    r"|redaktions?-?(?:hinweise?|kontakte?)|redaktionelle[rn]?-?hinweise?|hinweise?-?(?:an|f(?:ue|ü)r)-?(?:die-?)?redaktion(?:en)?|nur-?f(?:ue|ü)r-?(?:die-?)?redaktion(?:en)?|nicht-?zur-?ver(?:oe|ö)ffentlichung|r(?:ue|ü)ckfragehinweis"
    r"|notes?-?(?:aux?|pour|à)-?(?:les?-?|la-?)?r[ée]dactions?|note-?r[ée]daction|ne-?pas-?publier|notas?-?(?:a|para)-?(?:la-?|los-?|las-?)?(?:redacci[oó]n(?:es)?|redactores|editores)|nota-?(?:editores|redacci[oó]n)|no-?publicar|contactos?-?(?:de-?)?prensa"
    r"|not[ae]-?(?:per|alle?|ai)-?(?:le-?|la-?|i-?)?(?:redazion[ei]|redattori)|nota-?redazione|da-?non-?pubblicare|ufficio-?stampa|contatt[io]-?stampa|notas?-?(?:aos?|à|para)-?(?:os-?|a-?)?(?:editores|redac[cç](?:ão|ao|ões|oes))|assessoria-?de-?imprensa"
    r"|noot-?voor-?(?:de-?)?redactie|niet-?voor-?publicatie|perscontact(?:en)?|till-?redaktionen|ej-?f(?:oe|ö|o)r-?publicering|presskontakt(?:er)?|til-?redak(?:sjonen|tionen)|pressekontakt(?:er)?"
)
"""Roles and classes of what is for desks, with a hyphen or nothing between their words."""
