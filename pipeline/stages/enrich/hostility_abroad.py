"""Threats, and what is said against a whole group of people, in German, French and Spanish: few patterns, each clear. Pure.

They read words in their plain form (lexicon.py): `weiss`, `tete`, `quil`. That somebody is of a group is no reason: only what is
wished to it, or an insult right before its name.
"""

from __future__ import annotations

import re

from pipeline.stages.enrich.known_names import words_of

_DE_GROUP = r"(?:auslander|turken?|juden?|moslems?|muslime|fluchtlinge?|araber|zigeuner|asylanten|migranten|schwule[nr]?|lesben)"
_FR_GROUP = r"(?:arabes?|juifs?|juives?|noirs?|noires?|roms?|gitans?|pedes?|negres?|musulmane?s?|etrangers?|immigres?|migrants?|chinois|gouines?)"
_ES_GROUP = r"(?:moros?|moras?|negros?|negras?|judios?|judias?|gitanos?|gitanas?|sudacas?|panchitos?|inmigrantes?|chinos?|musulmanes|maricones|bolleras)"
_DE_DEATH = r"(?:aufhangen|aufgehangt|aufknupfen|aufgeknupft|erschiessen|erschossen|vergasen|vergast|abknallen|abgeknallt|totschlagen|totgeschlagen|steinigen|gesteinigt|verrecken|krepieren|an die wand|an den galgen)"
_FR_DEATH = r"(?:tuer|buter|crever|egorger|pendre|fusiller|gazer|massacrer|eventrer|decapiter)"
THREAT = re.compile(
    r"\bich (?:mache?|bringe?|schlage?|steche?|knalle?) (?:dich|euch|ihn|sie|die alle) (?:(?:fertig|kalt|platt|tot|ab)\b|(?:um|zusammen)(?=$| (?:du|ihr|und|wenn|warte?|ja)\b))"
    r"|\b(?:ich weiss|wir wissen) wo (?:du|ihr|er|sie|deine \w+) (?:wohnst|wohnt|lebst|lebt|arbeitest)\b"
    rf"|\b(?:man|jemand|einer|wir) (?:sollte|musste|muss|sollten) (?:dich|euch|ihn|sie|die|den|diese|alle)(?: \w+){{0,2}} {_DE_DEATH}\b"
    rf"|\b(?:gehorst|gehort|gehoren|gehorte|gehorten)(?: \w+){{0,2}} {_DE_DEATH}\b"
    r"|\bhoffentlich (?:\w+ ){0,3}(?:stirbst|verreckst|krepierst|verreckt|krepiert|verrecken|krepieren)\b|\bverreckt? (?:doch|endlich|du|ihr)\b"
    rf"|\b(?:je vais|on va|nous allons|jvais) (?:te|vous|le|la|les|tous les) {_FR_DEATH}\b(?! a petit feu)"
    r"|\b(?:on sait|je sais|nous savons) ou (?:tu|vous) (?:habites?|habitez|vis|vivez|travailles)\b"
    rf"|\b(?:faut|faudrait|devrait|devraient|doit) (?:te|vous|les|tous les) {_FR_DEATH}\b"
    r"|\b(?:va|allez) crever\b|\bquil(?:s)? crevent?\b|\bcreve (?:donc|salope|ordure|charogne|sale)\b"
    r"|\b(?:merites?|meritent|meritez) (?:de crever|de mourir|la mort|une balle|la corde)\b"
    r"|\b(?:te|os) (?:voy|vamos) a (?:matar|reventar|rajar|degollar|partir la cara)\b(?! de (?:risa|besos|hambre|aburrimiento))|\b(?:voy|vamos) a (?:matar|reventar|rajar|degollar)(?:te|os|los|las)\b"
    r"|\b(?:se|sabemos) donde (?:vives|vivis|trabajas)\b"
    r"|\b(?:ojala|espero que)(?: \w+){0,2} (?:mueras|mueran|murais|pudras|pudran|revientes|revienten)\b"
    r"|\b(?:mereces?|merecen|deberian?|habria que|hay que)(?: \w+){0,1} (?:morir|fusilar(?:los|las|lo|la|te|os)|ahorcar(?:los|las|lo|la|te)|colgar(?:los|las|te)|matar(?:los|las|te|os))\b"
)
GROUP = re.compile(
    rf"\b{_DE_GROUP} (?:raus|ins gas|an die wand|vergasen|abknallen)\b|\b(?:scheiss|drecks|dreckige[rns]?|verdammte[rn]?|verfluchte[rn]?|stinkende[rn]?) {_DE_GROUP}\b"
    rf"|\bsales? {_FR_GROUP}\b|\b{_FR_GROUP} (?:dehors|au four|a la mer|de merde)\b"
    r"|\b(?:rentre|retourne) dans ton pays\b|\b(?:rentrez|retournez) dans votre pays\b|\bgeh zuruck in dein land\b|\bvuelvete? a tu pais\b"
    rf"|\b(?:put[oa]s?|suci[oa]s?|maldit[oa]s?|asqueros[oa]s?) {_ES_GROUP}\b|\b{_ES_GROUP} (?:de mierda|al paredon|fuera de)\b"
)
THREATENING = words_of(
    """dich euch ihn sie die den diese alle wo gehorst gehort gehoren gehorte gehorten hoffentlich verreck verreckt te vous le la les
    ou crever quil quils creve merites merite meritent meritez os matarte mataros matarlos matarlas reventarte rajarte donde
    ojala espero mereces merece merecen deberia deberian habria hay voy vamos"""
)
EXCLUDING = words_of(
    """raus ins wand vergasen abknallen scheiss drecks dreckige dreckiger dreckigen dreckiges verdammte verdammter verdammten
    verfluchte verfluchter verfluchten stinkende stinkender stinkenden sale sales dehors four mer merde pays land puto puta putos
    putas sucio sucia sucios sucias maldito maldita malditos malditas asqueroso asquerosa asquerosos asquerosas mierda paredon
    fuera pais"""
)
"""Words of which one is in all that a pattern finds."""
