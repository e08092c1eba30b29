"""Words of a name that are no token of it: titles, particles, son-of words, and the halves of compounds. Our own
work.

Spellings stand here as `folding` leaves them. Several titles are names as well; `SOFT_TITLES` are set apart with
more care.
"""

from __future__ import annotations

from typing import Final


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def _index(rows: dict[str, str]) -> dict[str, str]:
    return {spelling: word for word, spellings in rows.items() for spelling in spellings.split()}


TITLES: Final = _index(
    {
        "mullah": "mullah mulla mula molla mollah ملا مولا мулла",
        "mawlawi": "maulana mawlana mowlana maulavi maulawi mawlawi mowlawi "
        "molawi molvi moulvi maulvi mevlana مولوی مولانا мавлави",
        "hojatoleslam": "hojjatoleslam hojatoleslam hojjatolislam hujjatulislam حجتالاسلام",
        "ayatollah": "ayatollah ayatullah ایتالله آیتالله аятолла",
        "doctor": "dr doctor دکتر داکتر دكتور دکتور الدکتور др доктор",
        "engineer": "engineer eng ing انجنیر مهندس المهندس انجینیر инженер",
        "professor": "prof professor پروفیسور پروفسور профессор",
        "mister": "mr mrs ms miss آقای اقای خانم",
        "general": "general gen جنرال ژنرال генерал",
        "brigadier": "brigadier brig سرتیپ العمید عمید бригадир",
        "major": "major maj سرلشکر",
        "colonel": "colonel col lieutenant lt سرهنگ العقید دگروال ډگروال полковник подполковник",
        "captain": "captain capt جگرن",
        "commander": "commander commandant cmdr قوماندان فرمانده командир",
        "admiral": "admiral دریادار adm адмирал",
    }
)
"""Spelling to title. These are never names."""

SOFT_TITLES: Final = _index(
    {
        "haji": "haji hajji hajj haj hadji alhaj alhajj elhadj hadj حاجی الحاج حاج хаджи",
        "sheikh": "sheikh shaikh shaykh sheik shekh cheikh cheik seyh شیخ الشیخ шейх",
        "qari": "qari kari قاری",
        "hafiz": "hafiz hafez hafidh حافظ",
        "mufti": "mufti مفتی",
        "sayyid": "sayyid sayed syed seyed seyyed sayyed said seyyid saiyed saiyid sidi سید السید سیده саид",
        "sufi": "sufi صوفی",
        "ustad": "ustad ustaz ustadh ostad استاد",
        "akhund": "akhund akhond akhoond akhun akhundzada آخوند اخوند آخند ахунд",
    }
)
"""Spelling to title. These are names as well (in a name of one or two words, or with the article)."""
for _name in ("said", "akhundzada", "kari", "سیده", "саид"):
    SOFT_TITLES.pop(_name)

TITLE_PHRASES: Final[dict[str, list[tuple[tuple[str, ...], str]]]] = {
    "hojjat": [(("eslam",), "hojatoleslam"), (("islam",), "hojatoleslam")],
    "hojat": [(("eslam",), "hojatoleslam"), (("islam",), "hojatoleslam")],
    "hujjat": [(("eslam",), "hojatoleslam"), (("islam",), "hojatoleslam")],
    "حجت": [(("الاسلام",), "hojatoleslam")],
    "هجت": [(("الاسلام",), "hojatoleslam")],
    "حجه": [(("الاسلام",), "hojatoleslam")],
    "الاسلام": [(("حجت",), "hojatoleslam"), (("هجت",), "hojatoleslam")],
    "آیت": [(("الله",), "ayatollah")],
    "ایت": [(("الله",), "ayatollah")],
    "ayat": [(("allah",), "ayatollah"), (("ollah",), "ayatollah")],
}
"""First word of a title of several words to the words after it, articles left out, and the title."""

ARTICLES: Final = _set(
    "al el ul il ol ad ed ud od ar er ur or as es us os ash esh ush osh az ez uz oz at et ut an en un ath adh ال آل"
)
"""The article in its spellings, as a word of its own inside a compound."""

PARTICLES: Final = _set(
    "al el ul il ad ed ud ar er ur as es us ash esh ush az ez uz at bin ben ibn bint binti binte van de i e o "
    "u ال آل بن ابن بنت و د the of y"
)
"""Words that are dropped from the tokens."""

SON_OF: Final = _set("bin ibn bint binti binte ould wuld walad weld بن ابن بنت ولد زوی فرزند")
"""Words that say that the next words name the father; dropped as well."""

CHILD_AFTER: Final = _set("zoy zoi oglu ogly ogli oglou qizi kyzy gyzy kizi оглы оглу огли улы угли кызы гызы زوی")
"""Words that say that the word before names the father; dropped as well."""

SERVANT: Final = _set(
    "abd abdul abdel abdal abdol abdil abdur abder abdor abdus abdes abdos abdush abdesh abduz abdez abdud "
    "abded abdun abden abdu abde abdi عبد عبدال عبدل абд абдул абдуль абдель абдур абдус"
)
"""The first half of a name such as Abd al-Rahman."""

KUNYA: Final = _index(
    {
        "abu": "abu abou abo abi aboo bou abul abool abol abulo",
        "umm": "umm um om oum umme",
        "ابو": "ابو ابی ابوال",
        "ام": "ام",
        "абу": "абу",
        "умм": "умм",
    }
)
"""Father of, mother of: spelling to the one spelling."""

DIN: Final = _set(
    "din deen dine dean ddin eddin eddine uddin udin aldin aldeen eldin eldine addin aladin uldin الدین دین дин"
)
"""The second half of a name such as Nur al-Din."""

ALLAH: Final = _set("allah ullah ollah alah ulah olah llah lah اله الله لله هللا اهلل аллах улла оллах")
"""The half that names God."""

SUFFIXES: Final = _set(
    "zai zay zoy zoi zei zada zadah zade zadeh khel khil kheil wal yar pur pour poor nia niya niaa nejad "
    "nezhad nijad vand wand zehi زی زای زاده زهی خیل وال یار پور نیا نژاد وند зада заде хель зай"
)
"""Family endings that one hand writes apart and another joined: always joined here."""

BARE: Final = _set("abd abdul allah ullah din uddin عبد الله دین الدین абдул дин")
"""Halves of compounds: a token that is nothing else carries no weight."""

NO_ARTICLE: Final = _set(
    "الیاس الهام الطاف الماس الیسع المیر البرز البرت الکساندر الکسندر الفرد الیزابت الچین الوند الیار الینا الینور"
)
"""Arabic-script names whose first letters are not the article."""
