"""The words of printed sheets, in English and Pashto; whatever stands between them is a number, a code or a name."""

from __future__ import annotations

from collections.abc import Mapping

from quittance.errors import UsageError

LANGUAGES: Mapping[str, str] = {"en": "ltr", "ps": "rtl"}
"""Language -> the direction of its page."""

_WORDS: Mapping[str, str] = {
    "Day sheet": "د ورځې پاڼه",
    "Batch": "ډله",
    "List": "لېست",
    "From": "له",
    "To": "ته",
    "people": "کسان",
    "No.": "شمېره",
    "Code": "کوډ",
    "Name": "نوم",
    "Father's name": "د پلار نوم",
    "Born": "زېږېدلی",
    "Row": "کتار",
    "Identity": "هویت",
    "Cleared": "اجازه بشپړه",
    "Pledge": "ژمنه",
    "Family told": "کورنۍ خبره شوه",
    "Property": "شتمني",
    "Receipt": "رسید",
    "Handed over": "وسپارل شو",
    "Signature": "لاسلیک",
    "What did not agree": "څه چې سره برابر نه وو",
    "Code, what, when, who says so": "کوډ، څه، کله، څوک یې وایي",
    "Those who sign": "لاسلیک کوونکي",
    "holding side: handed over": "ساتونکی لوری: وې سپارل",
    "receiving side: received": "ترلاسه کوونکی لوری: ترلاسه یې کړل",
    "neutral: saw it": "بې‌پرې اداره: ویې لیدل",
    "How many": "څومره",
    "When and where": "کله او چېرته",
    "Name and signature": "نوم او لاسلیک",
    "Record": "ثبت",
    "entries": "یادښتونه",
    "As of": "د حالت نېټه",
    "known by": "د خبرتیا نېټه",
    "PROPOSAL: not authorised yet": "وړاندیز: لا منظور شوی نه دی",
    "The signed head of the record": "د ثبت لاسلیک شوی سر",
    "Receipt of entry": "د دې یادښت رسید:",
    "Kind": "ډول",
    "Statement": "وینا",
    "Stated at": "د ویلو وخت",
    "Signatures": "لاسلیکونه",
    "Code {n} of {total}": "کوډ {n} له {total} څخه",
    "How to check it": "څنګه یې وکتلای شئ",
    "What this receipt does not prove": "دا رسید څه نه ثابتوي",
}

MARK: Mapping[str, str] = {
    "en": "Mark a box only for what was done. Leave it empty otherwise.",
    "ps": "یوازې هغه خونه په نښه کړئ چې کار یې شوی وي. که نه، تشه یې پرېږدئ.",
}
"""How a day sheet is filled in, in every language."""

SCAN: Mapping[str, str] = {
    "en": "Scan every code and save what the scanner shows, one text after another, in any order. Then:",
    "ps": "هر کوډ سکن کړئ او هغه متن چې سکنر یې ښيي خوندي کړئ، یو پسې بل، په هر ترتیب. بیا:",
}
"""How a printed receipt becomes a file again."""

NOT_PROVED: Mapping[str, tuple[str, ...]] = {
    "en": (
        "That the statement is true: only who said what, in which order, and between which times.",
        "That a person handed over is the person named: that rests on identification and on the neutral's interview.",
        "That something not entered did not happen: silence leaves no entry.",
        "Anything, if the operator and all witnesses act together and nobody has kept a copy of the log.",
        "The exact time: only between which times, as good as the clocks of the witnesses.",
        "That consent was free; that erased data was not copied before; that a stolen key was not used before its end.",
        "That the metadata is secret: sizes, times and rates of entries are seen by whoever holds a copy.",
    ),
    "ps": (
        "دا چې وینا رښتیا ده: یوازې دا چې چا څه ویلي، په کوم ترتیب، او د کومو وختونو ترمنځ.",
        "دا چې سپارل شوی کس هماغه نومول شوی کس دی: دا د پېژندنې او د بې‌پرې ادارې د مرکې پر بنسټ ولاړ دی.",
        "دا چې څه نه دي ثبت شوي، هغه نه دي شوي: چوپتیا هېڅ یادښت نه پرېږدي.",
        "هېڅ شی، که چلوونکی او ټول شاهدان سره یو شي او هېچا د ثبت کاپي نه وي ساتلې.",
        "کره وخت: یوازې دا چې د کومو وختونو ترمنځ، د شاهدانو د ساعتونو په اندازه کره.",
        "دا چې رضایت ازاد و؛ "
        "دا چې پاک شوي معلومات مخکې نه وو کاپي شوي؛ دا چې غلا شوې کیلي تر باطلېدو مخکې نه وه کارول شوې.",
        "دا چې د یادښتونو اندازه، وخت او شمېر پټ دي: هر څوک چې کاپي لري، هغه ویني.",
    ),
}
"""What a receipt does not prove, a sentence each, in the order in which they are printed."""


def words(language: str) -> Mapping[str, str]:
    """Short text in English -> in `language`; raises `UsageError` (`paper.language`) for one that has no sheets."""
    if language not in LANGUAGES:
        raise UsageError(f"Sheets are printed in {' or '.join(LANGUAGES)}.", code="paper.language")
    return {text: text if language == "en" else pashto for text, pashto in _WORDS.items()}
