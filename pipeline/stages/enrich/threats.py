"""Threats, and what drives somebody to kill themselves, in the forms that hostility.py's wishes lack. English, and phrases of eleven
other languages. Pure.

They read words in their plain form (lexicon.py): `ill` for "I'll", `muerete`. Each is clear by itself: "Kill them with kindness",
"this heat will kill you" and "i civili ammazzati" are none.
"""

from __future__ import annotations

import re

from pipeline.stages.enrich.known_names import words_of

_WHOSE = "(?:your|ur|his|her|their)"
_HIM = "(?:you|u|ya|him|her|them|em)"
_I_WILL = r"\b(?:ill|i will|i would|im gonna|im going to|well|we will|were gonna|were going to|lets|(?:someone|somebody)(?: \w+){1,2})"
_ENDS = r"(?=$| (?:all|now|already|slowly|publicly|too|and|alive)\b)"
ENGLISH = re.compile(
    rf"(?:\b(?:im|were|ima)|^)(?: (?:just|really|so))? ?(?:gonna|going to|coming to) (?:kill|murder|shoot|stab|strangle|rape) {_HIM}\b"
    rf"|{_I_WILL}(?: \w+)? (?:slit|cut|slash) {_WHOSE} throats?\b"
    rf"|{_I_WILL}(?: \w+)? (?:break|smash|bash|kick|cave|rip|blow|knock|beat)(?: \w+)? {_WHOSE} (?:\w+ )?(?:legs?|arms?|necks?|faces?|heads?|skulls?|teeth|bones|kneecaps|brains)\b"
    rf"|{_I_WILL}(?: \w+)? (?:murder|butcher|gut|behead) {_HIM}\b"
    rf"|\bput (?:a|some) bullets? (?:in|into|through) (?:{_HIM}|{_WHOSE})\b"
    rf"|\b(?:hope|wish|pray)\b(?: (?:that|for|to|one|day|someday))* (?:you|u|he|she|they|{_WHOSE} \w+)(?: \w+){{0,2}}? (?:(?:get|gets|be|are|is) (?:\w+ )?(?:hit by (?:a|the) (?:bus|truck|car|train|lorry|van)|run over|raped|beaten up))\b"
    rf"|\b(?:hope|wish|pray)\b(?: that)? (?:someone|somebody|they) (?:\w+ )?(?:rapes?|kills?|shoots?|stabs?|beats?|murders?) {_HIM}\b"
    r"|\byou (?:should|deserve to|ought to|must) (?:all )?get (?:cancer|raped|aids|shot|stabbed)\b"
    r"|\byoure? (?:are )?dead meat\b|\bsleep with one eye open\b|\bpay (?:for (?:this|that|it) )?with your (?:life|lives|blood)\b"
    r"|\byour (?:family|kids|children|wife|husband|daughter|son|mother) (?:will|is going to|are going to|gonna) (?:pay(?! (?:for|the|more|off|a|back)\b)|die|suffer|burn|be next|regret)\b"
    r"|\b(?:we|i) know where your (?:kids|children|family|wife|husband|mother|daughter|son|sister|parents) (?:\w+ )?(?:go|goes|lives?|works?|sleeps?)\b"
    r"|\byou (?:wont|will not) live to see (?:tomorrow|the morning|christmas|another|next|your next)\b"
    r"|\b(?:kill|unalive|neck|hang) (?:yourself|urself|ur self|yourselves)\b(?! (?:with|on|over)\b)|\b(?:go|just|should|please) (?:end|off|shoot|drown) (?:yourself|urself)\b(?! in the foot)|^(?:end|off) (?:yourself|urself)\b"
    r"|(?:^|\bgo |\bshould |\bplease )(?:and )?drink (?:some )?bleach\b|(?:^|\bgo )(?:and )?jump (?:off|from) (?:a|the|that|your) (?:bridge|cliff|building|roof|balcony)\b"
    r"|\bworld would be (?:a )?better(?: place| off)? without (?:you|him|her|them|people like you)\b|\b(?:nobody|no one|noone) (?:would|will) (?:ever |even )?miss you(?=$| (?:when|if)\b)"
    rf"|(?:^|\b(?:just|should|must|lets) )(?:hang|lynch|shoot|gas|kill|execute|exterminate|behead|rape|drown) (?:them|em|him|her|all of them|the lot of them){_ENDS}"
    r"|\b(?:take|drag)(?: \w+){1,3} out and (?:shoot|hang) (?:him|her|them|the lot)\b|\bstring (?:them|em|him|her|the lot of them) (?:all )?up\b|\blynch the lot\b"
    r"|\b(?:put|line|stand) (?:them|em|him|her|you|these \w+|those \w+)(?: all)?(?: up)? against (?:the|a) wall\b|\bput down like (?:a |the )?(?:\w+ )?(?:dogs?|animals?)\b"
    r"|\b(?:someone|somebody) (?:needs to|should|ought to|has to|must|please) take (?:him|her|them|you) out(?! (?:to|of|for|on|from|off|with)\b)"
    rf"|(?:^|\b(?:lets|should|ill|will|well|gonna|going to) )burn (?:down )?{_WHOSE} (?:\w+ )?(?:houses?|homes?|mosques?|church|churches|synagogues?|offices?|shops?|cars?)\b"
)
THREATENING = words_of(
    """throat throats legs leg arms necks neck faces heads skull skulls teeth bones kneecaps brains murder butcher gut behead bullet
    bullets cancer raped aids shot stabbed dead sleep pay pray hope wish kids children family wife husband daughter urself ur
    yourself yourselves bleach jump without miss hang lynch shoot gas kill execute exterminate rape drown string wall dogs dog
    animals animal someone somebody burn strangle stab ill im wont"""
)
"""Words of which one is in all that the pattern finds."""
ABROAD = re.compile(
    r"\b(?:hang|erhang|erschiess|ertrank) (?:dich|euch)\b(?! (?:nicht|rein|mal|an)\b)|\bbringt? (?:dich|euch) (?:\w+ ){0,2}um(?=$| (?:du|ihr|und)\b)"
    r"|\bgeht? (?:doch |bitte |einfach |endlich )?sterben(?=$| (?:du|ihr)\b)|\bstirb (?:doch|endlich|du|bitte)\b|^stirb$"
    r"|\bich hoffe (?:dass )?(?:du|ihr|er|sie)(?: \w+){0,3}? (?:verreckst|verreckt|stirbst|krepierst|krepiert)\b"
    r"|\b(?:va te|allez vous) (?:pendre|suicider|tuer)\b|\bsuicide toi\b|\btue toi\b|^creve$|\btu vas (?:mourir|crever)(?=$| (?:salope|connard|ordure|sale|batard|chien)\b)|\bon va te (?:retrouver|faire la peau)\b"
    r"|\bmuerete\b(?! de (?:risa|envidia|ganas))|\bmatate\b|\bsuicidate\b|\bpegate un tiro\b"
    r"|^ammazzati\b|\bti (?:ammazzo|uccido)\b|\b(?:devi|dovete) (?:morire|crepare)\b(?! (?:di (?:fame|caldo|freddo|ridere|noia|sete)|dal)\b)|\bspero che (?:tu |voi )?(?:muoia|muori|muoiate|crepi|crepiate)\b"
    r"|\bvou te matar\b|\bvou matar voce\b|(?:^|\bvai )se mata(?:r)?(?=$| (?:logo|de uma vez|desgracad[oa])\b)|\b(?:tomara|espero) que (?:voce |tu |vc )?(?:morra|morras)\b"
    r"|\bik (?:maak|schiet|steek) (?:je|jou|jullie|hem|haar) (?:dood|kapot|af|neer)\b|\bik vermoord (?:je|jou|jullie)\b|(?:^|\b)ga dood$|\bhoop dat (?:je|jij|jullie) (?:\w+ ){0,2}(?:sterft|sterven|doodgaat|crepeert)\b|\bpleeg zelfmoord\b(?=$| (?:man|joh|sukkel)\b)"
    r"|\bzabije (?:cie|was|ciebie)\b|\bzdechnij(?:cie)?\b|\bzabij sie\b|\bpowies sie\b"
    r"|\bубе[йи](?:те)? себя\b|\bубе[йи]ся\b|\bсдохни(?:те)?\b|\b(?:тебя|вас) убью\b|\bубью (?:тебя|вас)\b|\bповесься\b|\bчтоб (?:ты|вы) сдох(?:ла|ли)?\b"
    r"|\bseni (?:oldururum|oldurecegim|oldurecem|gebertirim)\b|\bgeber (?:kopek|it|pic|pislik|artik)\b"
    r"|\bdo din (?:javel|hora|fitta|gris)\b|\bjag (?:ska|kommer att) doda (?:dig|er)\b|\bjeg skal (?:drepe|dræbe) (?:deg|dere|dig|jer)\b|\bta livet av (?:dig|deg)(?=$| (?:din|ditt)\b)|\bdrep deg selv\b"
)
ABROAD_WORDS = words_of(
    """dich euch sterben stirb hoffe pendre suicider tuer toi creve vas retrouver peau muerete matate suicidate pegate ammazzati
    ammazzo uccido morire crepare spero matar mata morra morras dood kapot neer af vermoord zelfmoord sterft sterven doodgaat crepeert
    zabije zdechnij zdechnijcie zabij powies убей убеи убейте убеите убейся убеися сдохни сдохните убью повесься сдох сдохла сдохли
    seni geber din doda drepe dræbe livet drep"""
)
