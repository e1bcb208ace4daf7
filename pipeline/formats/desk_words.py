"""The words by which desks say that something isn't for publication, in the languages of agencies."""

from __future__ import annotations

STARTERS = (
    r"(?:the\s+)?(?:following|below|above)\b|(?:this|these|all)\s+(?:\w+\s+)?(?:information|section|parts?|details?|material|notes?|contacts?|paragraphs?|block|lines?|text)\b|information\b|background\b|contacts?\b|notes?\b|strictly\b|attention\b|editors?\b"
    r"|(?:die|alle|diese)\s+(?:\w+\s+)?(?:folgenden|nachfolgenden|nachstehenden|informationen|angaben|hinweise|daten|kontakte)\b|(?:folgende|nachfolgende|nachstehende)\b|der\s+folgende\b|achtung\b|hinweise?\b"
    r"|(?:les?|la|ces|cette)\s+(?:informations?|éléments?|lignes?|partie|section|coordonnées|mentions?|contacts?|note)\b|informations?\b|coordonnées\b"
    r"|(?:la|las|los|el|esta|estas)\s+(?:siguientes?|informaci[oó]n|información|datos|contactos|nota|parte)\b|informaci[oó]n\b|siguientes?\b"
    r"|(?:le|la|i|gli|queste?|questa)\s+(?:seguent[ei]|informazion[ei]|dati|contatti|note?|parte)\b|informazion[ei]\b|seguent[ei]\b"
    r"|(?:de|deze|het)\s+(?:volgende|onderstaande|informatie|gegevens|tekst)\b|(?:volgende|onderstaande)\b"
    r"|(?:as?|os?|estas?|esta)\s+(?:seguintes?|informaç(?:ão|ões)|dados|contactos|contatos|nota|parte)\b|informaç(?:ão|ões)\b"
    r"|(?:följande|nedanstående|denna|dessa)\b|(?:følgende|nedenstående|nedenst[åa]ende|denne|disse)\b|(?:seuraavat|seuraava|alla olevat|nämä)\b|(?:następujące|poniższe)\b|(?:следующая|нижеследующая|эта)\b"
)
NOT_FOR_PUBLICATION = (
    r"not\s+(?:(?:be|intended|meant|destined|cleared|authori[sz]ed)\s+)*(?:for\s+(?:publication|broadcast|public(?:ation)?\s+(?:use|release))|to\s+be\s+published)(?:\s+or\s+(?:broadcast|publication))?|(?:do|must|may|should|shall|can)\s+not\s+(?:be\s+)?publish(?:ed)?|(?:for\s+)?(?:editors|newsrooms?|desks?|internal\s+use)\s+only|non-?public(?:able)?"
    r"|nicht\s+(?:zur|für\s+die|zum)\s+(?:veröffentlichung|publikation|abdruck|veröffentlichen)(?:\s+(?:bestimmt|gedacht|freigegeben|vorgesehen))?|nur\s+(?:für|zu|zum|zur)\s+(?:die\s+|den\s+)?(?:redaktion(?:en)?|interne[nr]?\s+(?:zwecken?|gebrauch|verwendung|nutzung|informationen?))"
    r"|(?:(?:ne\s+)?(?:sont|est|doivent|doit)\s+)?(?:pas|non)\s+(?:être\s+)?(?:destinée?s?\s+à\s+(?:la\s+publication|la\s+diffusion|être\s+publiée?s?)|pour\s+(?:publication|diffusion)|publiables?|publiée?s?)|(?:à\s+)?ne\s+pas\s+(?:publier|diffuser)|(?:à\s+|pour\s+)?usage\s+interne(?:\s+uniquement)?|réservée?s?\s+aux\s+rédactions"
    r"|no\s+(?:(?:est[áa]n?|son|es)\s+)?(?:destinad[oa]s?\s+(?:a|para)\s+(?:su\s+|la\s+)?(?:publicaci[oó]n|difusi[oó]n|ser\s+publicad[oa]s?)|(?:para|apt[oa]s?\s+para)\s+(?:su\s+|la\s+)?publicaci[oó]n|publicables?|publicar)|(?:s[oó]lo|exclusivamente)\s+para\s+uso\s+interno"
    r"|non\s+(?:(?:sono|è)\s+)?(?:destinat[aeio]\s+all[a’']\s*pubblicazione|per\s+(?:la\s+)?pubblicazione|pubblicabil[ei]|pubblicare)|da\s+non\s+pubblicare|(?:solo|esclusivamente)\s+per\s+uso\s+interno"
    r"|niet\s+(?:(?:bestemd|bedoeld)\s+)?voor\s+publicatie(?:\s+(?:bestemd|bedoeld))?|niet\s+publiceren|(?:alleen|uitsluitend)\s+voor\s+intern\s+gebruik"
    r"|n[ãa]o\s+(?:(?:s[ãa]o|é|se)\s+)?(?:destinad[oa]s?|destinam?|para)\s*(?:à|a|para)?\s*(?:a\s+)?publica(?:ção|cao)|não\s+publicar"
    r"|(?:är\s+)?(?:ej|inte|icke)\s+(?:avse(?:dda?|tt)\s+)?för\s+publicering|endast\s+för\s+internt\s+bruk|får\s+(?:ej|inte)\s+publiceras"
    r"|(?:er\s+)?(?:ikke|ej)\s+(?:(?:beregnet|bestemt|ment|tiltenkt)\s+)?(?:til|for)\s+(?:publisering|publicering|offentliggørelse|offentliggjøring|offentliggjørelse)|(?:må|skal)\s+ikke\s+(?:offentliggøres|offentliggjøres|publiseres|publiceres)"
    r"|(?:eivät|ei)\s+(?:ole\s+)?(?:tarkoitett?[ua]\s+)?julkais(?:tavaksi|taviksi|uun)|nie\s+(?:(?:są|jest)\s+)?(?:przeznaczon[eya]\s+)?do\s+publikacji|(?:nen[ií]|není|nejsou|nie\s+(?:je|sú))\s+určen[oaéáý]?\s+(?:k|na)\s+(?:publikaci|publikovanie|zveřejnění|zverejnenie)|nezveřejňovat|nem\s+(?:publikálható|nyilvános|közölhető)|(?:nije|nisu|ni|niso)\s+(?:za|namij?enjeno)\s+objav[uo]|nu\s+(?:(?:este|sunt)\s+)?(?:destinat[eăi]?\s+publicării|pentru\s+publicare|se\s+publică)|не\s+(?:е\s+)?за\s+публикуване|не\s+(?:призначен[аоі]?\s+)?для\s+(?:публікації|друку)|(?:δεν\s+προορίζ\w+|όχι)\s+(?:για|προς)\s+δημοσίευση|не\s+(?:предназначен[аоы]?\s+)?для\s+(?:публикации|печати)|yay[ıi]n\s+için\s+değildir"
    r"|(?:掲載用ではありません|掲載不可|非掲載|公開不可|不供发表|不得发表|请勿(?:发表|刊登|发布)|請勿(?:發表|刊登)|不供刊登|(?:ليس|غير\s+مخصص)\s+للنشر)"
)
STEMS = (
    "publi", "pubbl", "ffentli", "julkais", "broadcast", "abdruck", "diffus", " only", "intern", "публик", "публі", "печат", "друк", "yay", "zveře", "zverej", "közöl",
    "nyilv", "objav", "δημοσ", "掲載", "公開", "发表", "發表", "刊登", "发布", "للنشر",
    "note", "nota", "noot", "notat", "noti", "bloc", "carnet", "taccuino", "libreta", "cuaderno", "kladblok", "anteckning", "muistio",
    "editor", "attention", "achtung", "hinweis", "reda", "réda", "toimitu", "till ", "til ",
    "onta", "press", "medi", "newsroom", "pr ", "ansprech", "rückfrag", "prensa", "stampa", "pers",
    "imprensa", "lehdist", "lisätieto", "coordonn", "yhteys", "communiquer", "informa",
)  # fmt: skip
"""A line without one of these in its first words is none of the headings and marks: most lines of a story."""
