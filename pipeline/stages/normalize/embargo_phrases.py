"""The phrases by which desks hold a story back, in the languages of agencies. They begin a line, or stand in brackets.

A story about an embargo ("Embargo to hit exports", "sin embargo", an opening of a fishing season) has none of them.
"""

from __future__ import annotations

_DAYS = (
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|(?:m[åa]n|tis|tirs|ons|tors|fre|l[öø]r|s[öø]n)dag|(?:maan|dins|woens|donder|vrij|zater|zon)dag"
    r"|poniedzia|wtor|środ|czwart|piąt|sobot|niedziel"
)
_TIME = rf"[\W_]{{0,3}}(?:kl\.?\s*|godz\.?\s*|at\s+|on\s+|the\s+)?(?:\d|noon\b|midnight\b|midday\b|tomorrow\b|further\b|{_DAYS})"
"""What begins a time; free words are not read as one."""
_CLOCK = r"[\W_]*\d{1,2}\s?(?:[./:h-]\s?\d|[ap]\.?\s?m\b|uhr\b)"
_UNTIL = rf"(?:(?:until|till|bis|jusqu|hasta|fino|at[ée]|tot|până|asti|kadar|do\s+dnia)\b|(?:to|til|do){_TIME})"
_EMBARGO = r"(?<!sin )(?:embarg[oó]|ambargo)"

HELD = (
    # a state, with its end or as a line of its own
    rf"(?:strict(?:ly)?\s+|under\s+(?:strict\s+)?)?embargoed\b\s*(?:{_UNTIL}|to\b|for\b|[:;,.)\]–—-]|$|{_TIME})",
    rf"(?:strict(?:ly)?\s+|under\s+(?:strict\s+)?)?{_EMBARGO}[\s*_=#–—-]{{0,8}}(?:{_UNTIL}|[:)\]】]|[*_=#–—-]*$|{_CLOCK}|{_TIME})",
    rf"{_EMBARGO}\s+(?:lifts|ends|expires|date|time|endet|läuft|upphör|päättyy|termina|finaliza|vence|scade|prend\s+fin|se\s+termine){_TIME}",
    r"embargad[oa]s?\s+(?:hasta|at[ée])\b|(?:sous|bajo|sotto|onder|sob|sub)\s+embargo\b",
    r"(?:под\s+эмбарго|эмбарго|ембарго|під\s+ембарго)\s*(?:до\b|[:)\]]|$)|под\s+эмбарго\b",
    r"(?:υπό\s+εμπάργκο|εμπ[άα]ργκο\s*(?:μέχρι|έως|[:)\]]|$))",
    r"(?:achtung\W+)?sperrfrist\b|sperr?efrist\b|spärrtid\b|klausul(?:eret)?\s*(?:til\b|indtil\b|:)|julkaisuvapaa\b(?!\s+(?:heti|välittömästi))",
    # an order not to publish before its end
    r"for\s+release\s+(?:at|after|not\s+before)\s+(?:\d|noon\b|midnight\b)[^.!?]{0,60}(?:[ap]\.m\.)?[^.!?]{0,60}$",
    rf"hold\s+(?:for\s+release\b|(?:(?:story|copy|publication|release)\s+)?(?:until|till){_TIME})",
    r"(?:strictly\s+)?not\s+(?:for\s+(?:release|publication|use|broadcast|distribution)|to\s+be\s+(?:released|published|used|broadcast|distributed))(?:\s+or\s+\w+)?\s+(?:before|until|till|prior\s+to)\b",
    r"(?:please\s+)?(?:do\s+not|don['’]t)\s+(?:publish|use|release|broadcast|post|run|print|air)(?:\s+or\s+\w+)?\s+(?:before|until|till|prior\s+to)\b",
    r"(?:bitte\s+)?nicht\s+(?:zur\s+(?:veröffentlichung|verwendung)\s+)?vor\b[^.!?]{1,60}\b(?:veröffentlichen|verwenden|publizieren|senden|freigegeben)\b|nicht\s+zur\s+veröffentlichung\s+vor\b",
    r"(?:zur\s+)?veröffentlichung\s+(?:erst|frühestens)\s+(?:ab|am|nach|um)\b|(?:frei\s+(?:ab|für)|gesperrt\s+bis)\b[^.!?]{0,40}\d\s*uhr\W*$",
    r"(?:à\s+)?ne\s+(?:pas|rien)\s+(?:publier|diffuser|utiliser)\s+avant\b|(?:pas\s+de\s+)?(?:publication|diffusion)\s+(?:interdite\s+|non\s+autorisée\s+)?avant\s+(?:le\b|\d)",
    r"no\s+(?:publicar|difundir|utilizar|emitir)\s+(?:antes|hasta)\b|prohibida\s+su\s+(?:publicaci[oó]n|difusi[oó]n)\s+(?:antes|hasta)\b",
    r"(?:da\s+)?non\s+(?:pubblicare|diffondere|usare)\s+(?:prima|fino)\b|n[ãa]o\s+(?:publicar|divulgar|usar)\s+(?:antes|at[ée])\b",
    r"niet\s+(?:publiceren|gebruiken|uitzenden|voor\s+publicatie)\s+(?:v[óo][óo]r|tot)\b",
    r"(?:får\s+)?(?:ej|inte)\s+(?:publiceras|användas|för\s+publicering)\s+(?:före|förrän)\b",
    r"(?:må\s+|skal\s+)?ikke\s+(?:publiseres|publiceres|offentliggjøres|offentliggøres|br(?:ukes|uges)|til\s+(?:offentliggørelse|publisering))\s+før\b",
    r"ei\s+(?:saa\s+)?julkais\w+\s+ennen\b|nie\s+publikować\s+(?:przed|do)\b|nezveřejňovat\s+(?:před|do)\b",
    r"(?:не\s+(?:публиковать|для\s+публикации)|публикаци\w+)\s+(?:запрещена\s+)?(?:до|ранее|раньше|не\s+ранее)\b|не\s+публікувати\s+(?:до|раніше)\b",
    r"(?:محظور|ممنوع|يُ?حظر)\s+(?:ال)?نشر\w*\s*(?:حتى|قبل)|(?:ال)?حظر\s*(?:النشر\s*)?حتى|لا\s+[يت]نشر\s+قبل",
    r"(?:禁运|禁運|禁发|禁發)(?:至|到|期|时间|時間|\s*:)|解禁(?:时间|時間|日時|日期|時刻)|[^。!?]{1,25}前(?:请|請)?(?:勿|不得|不要|禁止)(?:公开|公開)?(?:发表|发布|刊登|刊发|播发|报道|發表|發布|刊發|報導|報道)",
    r"(?<=[【\[(])\s*解禁|(?:報道|発表)解禁\s*(?:[:は日時\d]|$)|エンバーゴ|[^。!?]{1,25}まで(?:は)?(?:報道|公表|公開|掲載)(?:しないで|禁止|を控え|不可)",
    r"엠바고(?!\s*해제)|[^.!?]{1,25}까지\s*보도\s*(?:금지|자제|유예)",
)
"""At the beginning of a line, or behind a label or a bracket; NFKC, any case."""
ANYWHERE = (
    r"\bembargoed\b",
    r"\b(?:strict|under|sous|bajo|sotto|onder|sob|sub|under\s+strict)\s+embargo\b",
    rf"\b{_EMBARGO}\s+(?:ends|lifts|expires|date|time)\b",
    r"\bsperrfrist\b",
)
"""Besides them in a note for editors."""
LIFTED = (
    r"\b(?:no(?:t|\s+longer)?\s+(?:under\s+)?embargo\w*|(?:kein|ohne|keine)\s+(?:embargo|sperrfrist)|sans\s+embargo|sem\s+embargo|senza\s+embargo)",
    r"\b(?:embargo|sperrfrist)\s+(?:is\s+|was\s+|has\s+been\s+|now\s+|ist\s+|wurde\s+|est\s+|a\s+été\s+|è\s+(?:stato\s+)?|ha\s+sido\s+|foi\s+|is\s+)*(?:lifted|over|ended|expired|removed|broken|aufgehoben|abgelaufen|gebrochen|levée?|levantad[oa]|revocato|tolto|levantado|opgeheven|hävt|upphävt|ophævet|opphevet|zniesione)",
    r"эмбарго\s+(?:было\s+)?снят\w*|(?:엠바고|禁运|禁運|エンバーゴ)\s*(?:は)?(?:已)?(?:해제|解除)",
)
"""That it is over, or that there is none."""
STEMS = (
    "embarg", "ambargo", "эмбарго", "ембарго", "εμπ", "sperrfr", "sperrefr", "sperefr", "spärrtid", "klausul", "julkais", "hold ", "for release", "not ", "n't ", "n’t ",
    "nicht ", "veröff", "frei ", "gesperrt", "ne pas ", "ne rien", "publica", "no publ", "no dif", "no util", "no emit", "diffusion", "prohibida", "non pub", "non dif", "non us",
    "não ", "nao ", "niet ", "ej ", "inte ", "ikke ", "nie ", "nezve", "публик", "публік", "نشر", "حظر", "禁", "勿", "不得", "不要", "まで", "エンバーゴ", "엠바고", "보도",
)  # fmt: skip
"""Without one of these a text has none of the phrases."""
