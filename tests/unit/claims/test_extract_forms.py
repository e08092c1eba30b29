"""Invented sentences of many forms, each with what must be read from it: event, actor, number, kind."""

from __future__ import annotations

import pytest

from quittance.claims.extract import extract
from quittance.claims.lexicon import Lexicon, lexicon_for
from quittance.claims.model import Report
from quittance.claims.profile import profile_for

_LEXICONS: dict[str, Lexicon] = {}


def _lexicon(conflict: str) -> Lexicon:
    """The lexicon of a conflict, compiled once."""
    if conflict not in _LEXICONS:
        _LEXICONS[conflict] = lexicon_for(profile_for(conflict))
    return _LEXICONS[conflict]


SENTENCES = [
    ("ukraine-2024", "A total of 101 Ukrainians were freed by Russia on Thursday.", [("done", "RUSSIA", 101, "batch")]),
    (
        "yemen-2023",
        "The Yemeni government released 706 Houthis and the Houthis 181 prisoners including 15 Saudis.",
        [("done", "YE_GOV", 706, "batch"), ("done", "HOUTHI", 181, "batch")],
    ),
    ("afghanistan-2020", "The Taliban have handed over a list of 500 prisoners.", [("list", "AF_GOV", 500, "list")]),
    (
        "afghanistan-2020",
        "The government gave the Taliban a list of 100 prisoners it wants freed.",
        [("list", "TALIBAN", 100, "list")],
    ),
    ("afghanistan-2020", "The Taliban handed over 20 prisoners.", [("done", "TALIBAN", 20, "batch")]),
    (
        "afghanistan-2020",
        "The Taliban released 14 prisoners from their jails in Ghazni, bringing the number to 605.",
        [("done", "TALIBAN", 14, "batch"), ("done", "TALIBAN", 605, "cumulative")],
    ),
    ("afghanistan-2020", "As of Monday, 3,500 prisoners had been released.", [("done", "AF_GOV", 3500, "cumulative")]),
    ("afghanistan-2020", "The government has not freed a single prisoner.", [("done", "AF_GOV", 0, "cumulative")]),
    ("afghanistan-2020", "The Taliban have so far freed nobody.", [("done", "TALIBAN", 0, "cumulative")]),
    ("afghanistan-2020", "Neither side has released a single prisoner to date.", [("done", "BOTH", 0, "cumulative")]),
    ("afghanistan-2020", "No one has been freed by the Taliban.", [("done", "TALIBAN", 0, "cumulative")]),
    ("afghanistan-2020", "No one knows how many prisoners were freed.", []),
    ("afghanistan-2020", "Some 80 per cent of the 5,000 prisoners have been freed.", []),
    ("afghanistan-2020", "Not all of the 5,000 prisoners have been freed.", []),
    (
        "israel-hamas-2025",
        "Of the 33 hostages to be freed in the first stage, 19 have now returned.",
        [("term", "HAMAS", 33, "target"), ("done", "HAMAS", 19, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "In a talk at a US institute he said he expected the Taliban to act. They have freed around 55 of 100 men.",
        [("done", "TALIBAN", 55, "cumulative"), ("plan", "TALIBAN", 100, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban turned down the president's plan to free 150 prisoners in stages.",
        [("reject", "AF_GOV", 150, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban rejected a proposal to free 150 prisoners.",
        [("reject", "AF_GOV", 150, "target")],
    ),
    (
        "afghanistan-2020",
        "The government rejected demands to free 15 commanders.",
        [("reject", "AF_GOV", 15, "remaining")],
    ),
    (
        "afghanistan-2020",
        "The sides agreed on a swap. Under it 140 Taliban prisoners would be freed in return for 82 soldiers.",
        [("term", "AF_GOV", 140, "target"), ("term", "TALIBAN", 82, "target")],
    ),
    (
        "afghanistan-2020",
        "The government and the Taliban agreed to exchange prisoners. The government is to release 32 Taliban; the "
        "Taliban will free two soldiers.",
        [("term", "AF_GOV", 32, "target"), ("term", "TALIBAN", 2, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban said they had released 20 more prisoners in Laghman province on Thursday.",
        [("done", "TALIBAN", 20, "batch")],
    ),
    (
        "afghanistan-2020",
        "The government freed 55 more Taliban prisoners on Wednesday, bringing the total to 361.",
        [("done", "AF_GOV", 55, "batch"), ("done", "AF_GOV", 361, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "A grand assembly of elders approved the release of 400 hardcore Taliban convicts on Sunday.",
        [("plan", "AF_GOV", 400, "target")],
    ),
    (
        "afghanistan-2020",
        "President Ashraf Ghani signed an order to release 400 Taliban convicts.",
        [("plan", "AF_GOV", 400, "target")],
    ),
    (
        "afghanistan-2020",
        "Ghani agreed to free the last 400 Taliban inmates after the jirga.",
        [("plan", "AF_GOV", 400, "remaining")],
    ),
    (
        "afghanistan-2020",
        "The Taliban have handed 28 government captives to the Red Cross in Helmand.",
        [("done", "TALIBAN", 28, "batch")],
    ),
    (
        "afghanistan-2020",
        "Some 160 Taliban inmates are still in government jails, the security council said.",
        [("held", "AF_GOV", 160, "remaining")],
    ),
    (
        "afghanistan-2020",
        "The insurgents want Kabul to let 5,000 of their fighters out before they sit down to talk.",
        [("demand", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban called for the release of all 5,000 prisoners.",
        [("demand", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "Talks can only begin when 5,000 Taliban are free, Suhail Shaheen said.",
        [("demand", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "Nearly 3,900 Taliban prisoners have left Afghan jails since March.",
        [("done", "AF_GOV", 3900, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Under the accord Kabul must let go up to 5,000 Taliban and the insurgents 1,000 captives.",
        [("term", "AF_GOV", 5000, "target"), ("term", "TALIBAN", 1000, "target")],
    ),
    (
        "afghanistan-2020",
        "The pact signed in Doha envisages that up to 5,000 Taliban inmates be swapped for 1,000 Afghan troops.",
        [("term", "AF_GOV", 5000, "target"), ("term", "TALIBAN", 1000, "target")],
    ),
    (
        "afghanistan-2020",
        "The government will set free 100 Taliban detainees every day, the presidential spokesman said.",
        [("plan", "AF_GOV", 100, "rate")],
    ),
    (
        "afghanistan-2020",
        "Sediq Sediqqi said the government would not free 320 prisoners accused of grave crimes.",
        [("reject", "AF_GOV", 320, "remaining")],
    ),
    (
        "afghanistan-2020",
        "The Taliban turned down an offer of 1,500 prisoners.",
        [("reject", "AF_GOV", 1500, "target")],
    ),
    (
        "afghanistan-2020",
        "So far 261 Taliban have walked out of Bagram, Javid Faisal tweeted.",
        [("done", "AF_GOV", 261, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The Taliban freed 14 soldiers in Baghlan and eight policemen in Kunduz on Tuesday.",
        [("done", "TALIBAN", 8, "batch"), ("done", "TALIBAN", 14, "batch")],
    ),
    (
        "afghanistan-2020",
        "Mujahid wrote that in all 845 prisoners of the Kabul administration had been let go.",
        [("done", "TALIBAN", 845, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The Taliban handed the Red Cross 20 captives in Kandahar on Sunday.",
        [("done", "TALIBAN", 20, "batch")],
    ),
    ("afghanistan-2020", "Taliban to free another 50 Afghan soldiers", [("plan", "TALIBAN", 50, "batch")]),
    ("afghanistan-2020", "Kabul frees 200 Taliban inmates", [("done", "AF_GOV", 200, "batch")]),
    (
        "afghanistan-2020",
        "Faisal said as many as 2,000 Taliban prisoners could be released in the coming days.",
        [("plan", "AF_GOV", 2000, "target")],
    ),
    (
        "afghanistan-2020",
        "Only six prisoners whom Australia and France do not want freed remain in custody.",
        [("held", "AF_GOV", 6, "remaining")],
    ),
    (
        "afghanistan-2020",
        "Khalilzad urged the government to free 1,500 prisoners quickly.",
        [("demand", "AF_GOV", 1500, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban have given the Americans the names of 5,000 prisoners.",
        [("list", "AF_GOV", 5000, "list")],
    ),
    (
        "afghanistan-2020",
        "The group denied that it had freed only 171 captives.",
        [("reject", "TALIBAN", 171, "cumulative")],
    ),
    ("afghanistan-2020", "Four soldiers were killed and seven wounded in a Taliban attack in Herat.", []),
    (
        "afghanistan-2020",
        "The Taliban have so far freed more than half of the 1,000 captives they promised to release.",
        [("done", "TALIBAN", 500, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Afghanistan will begin releasing 2,000 Taliban prisoners today.",
        [("plan", "AF_GOV", 2000, "target")],
    ),
    (
        "afghanistan-2020",
        "Ghani said the release of 500 more prisoners would be completed within four days.",
        [("plan", "AF_GOV", 500, "batch")],
    ),
    (
        "afghanistan-2020",
        "An initial 100 prisoners are to go home by the end of March.",
        [("plan", "AF_GOV", 100, "batch")],
    ),
    (
        "ukraine-2024",
        "Ukraine brought home 189 people from Russian captivity on Monday.",
        [("done", "RUSSIA", 189, "batch")],
    ),
    (
        "ukraine-2024",
        "Russia and Ukraine exchanged 95 prisoners of war each on Wednesday.",
        [("done", "BOTH", 95, "batch")],
    ),
    (
        "ukraine-2024",
        "Moscow returned 150 Ukrainian servicemen and received 150 Russians in return.",
        [("done", "RUSSIA", 150, "batch"), ("done", "UKRAINE", 150, "batch")],
    ),
    (
        "ukraine-2024",
        "In exchange for 75 Ukrainians, 75 Russian soldiers were handed over.",
        [("done", "RUSSIA", 75, "batch"), ("done", "UKRAINE", 75, "batch")],
    ),
    (
        "ukraine-2024",
        "A total of 3,310 Ukrainians have returned home since the invasion began.",
        [("done", "RUSSIA", 3310, "cumulative")],
    ),
    (
        "ukraine-2024",
        "Russia's defence ministry said 90 of its servicemen had been returned from territory controlled by Kyiv.",
        [("done", "UKRAINE", 90, "batch")],
    ),
    ("ukraine-2024", "Zelensky said Ukraine had got 117 soldiers back.", [("done", "RUSSIA", 117, "batch")]),
    ("ukraine-2024", "The sides agreed in Istanbul to exchange 1,200 prisoners.", [("term", "BOTH", 1200, "target")]),
    (
        "ukraine-2024",
        "Russia still holds more than 6,000 Ukrainian prisoners, Lubinets said.",
        [("held", "RUSSIA", 6000, "remaining")],
    ),
    ("ukraine-2024", "Russia handed over the bodies of 501 fallen soldiers.", []),
    ("ukraine-2024", "Kyiv said 46 prisoners were returned in the 50th exchange.", [("done", "RUSSIA", 46, "batch")]),
    ("ukraine-2024", "100 Ukrainian soldiers freed in swap with Russia", [("done", "RUSSIA", 100, "batch")]),
    (
        "israel-2025",
        "Israel is to release 30 Palestinian prisoners for every civilian hostage under the deal.",
        [("term", "ISRAEL", 30, "rate")],
    ),
    (
        "israel-2025",
        "Israel freed 110 Palestinian prisoners on Thursday after Hamas let eight hostages go.",
        [("done", "HAMAS", 8, "batch"), ("done", "ISRAEL", 110, "batch")],
    ),
    (
        "israel-2025",
        "Hamas handed four Israeli soldiers over to the Red Cross on Saturday.",
        [("done", "HAMAS", 4, "batch")],
    ),
    (
        "israel-2025",
        "About 48 hostages are still held in Gaza, 20 of whom are believed to be alive.",
        [("held", "HAMAS", 48, "remaining")],
    ),
    (
        "israel-2025",
        "Hamas demands the release of 250 prisoners serving life terms.",
        [("demand", "ISRAEL", 250, "target")],
    ),
    ("israel-2025", "A bus with 39 freed Palestinians reached Ramallah.", [("done", "ISRAEL", 39, "batch")]),
    (
        "israel-2025",
        "The militants agreed to free ten living hostages in return for a 60-day truce.",
        [("plan", "HAMAS", 10, "batch")],
    ),
    (
        "yemen-2020",
        "The Houthis released 290 detainees on Monday, the Red Cross said.",
        [("done", "HOUTHI", 290, "batch")],
    ),
    (
        "yemen-2020",
        "Under the deal the government will free 681 Houthis in exchange for 400 prisoners.",
        [("term", "HOUTHI", 400, "target"), ("term", "YE_GOV", 681, "target")],
    ),
    ("yemen-2020", "The parties gave the UN lists with some 15,000 names.", [("list", "BOTH", 15000, "list")]),
    (
        "yemen-2020",
        "The Saudi-led coalition said it would release 200 Houthi prisoners.",
        [("plan", "COALITION", 200, "batch")],
    ),
    ("yemen-2020", "A plane carrying 125 Houthi prisoners landed in Sanaa.", [("done", "YE_GOV", 125, "batch")]),
    (
        "armenia-2023",
        "Azerbaijan released ten Armenian soldiers on Saturday through Russian mediation.",
        [("done", "AZERBAIJAN", 10, "batch")],
    ),
    (
        "armenia-2023",
        "Yerevan says at least 23 Armenians are still held in Baku.",
        [("held", "AZERBAIJAN", 23, "remaining")],
    ),
    (
        "armenia-2023",
        "Armenia will hand over two Azerbaijani soldiers while Azerbaijan frees 32 Armenians.",
        [("plan", "ARMENIA", 2, "batch"), ("plan", "AZERBAIJAN", 32, "batch")],
    ),
    (
        "colombia-2012",
        "The FARC will free six soldiers and policemen in the coming weeks.",
        [("plan", "FARC", 6, "batch")],
    ),
    ("colombia-2012", "The ELN let two German brothers go on Saturday.", [("done", "ELN", 2, "batch")]),
    (
        "colombia-2012",
        "The rebels released four Chinese oil workers on Thursday, the ICRC said.",
        [("done", "FARC", 4, "batch")],
    ),
    (
        "us-russia-2024",
        "Russia freed 16 people and eight Russians went the other way.",
        [("done", "RUSSIA", 16, "batch"), ("done", "WEST", 8, "batch")],
    ),
    (
        "us-russia-2024",
        "Twenty-four prisoners from seven countries were exchanged in Ankara.",
        [("done", "BOTH", 24, "batch")],
    ),
    (
        "us-russia-2024",
        "The United States and its allies got 16 people back from Russia.",
        [("done", "RUSSIA", 16, "batch")],
    ),
    (
        "afghanistan-2020",
        "Zabihullah Mujahid tweeted that 20 prisoners of the opposite side were handed over in Kandahar.",
        [("done", "TALIBAN", 20, "batch")],
    ),
    (
        "afghanistan-2020",
        "Kabul and the Taliban are to exchange prisoners this week. 100 insurgents will go free first, "
        "an official said.",
        [("plan", "AF_GOV", 100, "batch")],
    ),
    (
        "afghanistan-2020",
        "The first group of 100 Taliban prisoners was released from Bagram, the ONSC said, adding that "
        "1,400 more will be freed in the coming weeks.",
        [("done", "AF_GOV", 100, "batch"), ("plan", "AF_GOV", 1400, "batch")],
    ),
    (
        "afghanistan-2020",
        "A council spokesman put the number of Taliban freed so far at 2,710.",
        [("done", "AF_GOV", 2710, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The number of Taliban prisoners released by the government now stands at 3,500.",
        [("done", "AF_GOV", 3500, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The Taliban released 30 Afghan soldiers on Friday. That brings to 227 the number of captives they have freed.",
        [("done", "TALIBAN", 30, "batch"), ("done", "TALIBAN", 227, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Ghani ordered the release of 2,000 Taliban prisoners in answer to the truce. One hundred "
        "walked out of Bagram on Monday.",
        [("done", "AF_GOV", 100, "batch"), ("plan", "AF_GOV", 2000, "target")],
    ),
    (
        "afghanistan-2020",
        "Mullah Baradar said the United States had assured the group that all 5,000 would be out before talks.",
        [("plan", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "President Ghani said 5,000 prisoners could not be released at once.",
        [("reject", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban said they had completed the handover of 1,000 captives.",
        [("done", "TALIBAN", 1000, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The insurgents have freed 1,005 security personnel in all, Suhail Shaheen said.",
        [("done", "TALIBAN", 1005, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Suhail Shaheen said the group was ready to release 1,000 prisoners within a week.",
        [("plan", "TALIBAN", 1000, "target")],
    ),
    ("afghanistan-2020", "Faisal said seven Taliban prisoners had died of coronavirus.", []),
    (
        "afghanistan-2020",
        "Taliban delegates met officials for three hours. The team of ten flew home on Wednesday.",
        [],
    ),
    ("afghanistan-2020", "Kabul wants the Taliban to free 20 senior officers.", [("demand", "TALIBAN", 20, "batch")]),
    (
        "afghanistan-2020",
        "The release of 361 Taliban prisoners was confirmed by the council.",
        [("done", "AF_GOV", 361, "batch")],
    ),
    (
        "afghanistan-2020",
        "Government negotiators refused to hand over 15 Taliban commanders.",
        [("reject", "AF_GOV", 15, "remaining")],
    ),
    ("afghanistan-2020", "Twenty-two Afghan commandos and three pilots are among those the Taliban still hold.", []),
    (
        "afghanistan-2020",
        "Since April 8 Kabul has freed 933 Taliban prisoners from jails across the country, the spokesman wrote.",
        [("done", "AF_GOV", 933, "cumulative")],
    ),
    (
        "afghanistan-2020",
        '"We have released 52 detainees today in Ghazni," the Taliban spokesman said.',
        [("done", "TALIBAN", 52, "batch")],
    ),
    (
        "afghanistan-2020",
        "The militants' spokesman said that 9 soldiers were set free in Takhar and 11 in Badakhshan.",
        [("done", "TALIBAN", 9, "batch"), ("done", "TALIBAN", 11, "batch")],
    ),
    (
        "afghanistan-2020",
        "As many as 5,000 Taliban prisoners were to be freed by March 10.",
        [("term", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "The agreement obliges Kabul, which was not at the table, to free up to 5,000 prisoners.",
        [("term", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "In return the Taliban were to hand over up to 1,000 captives.",
        [("term", "TALIBAN", 1000, "target")],
    ),
    (
        "afghanistan-2020",
        "The prisoner swap of 5,000 Taliban for 1,000 government troops was to begin before talks.",
        [("term", "AF_GOV", 5000, "target"), ("term", "TALIBAN", 1000, "target")],
    ),
    (
        "afghanistan-2020",
        "Authorities released over 500 Taliban prisoners on Monday and Tuesday, taking the total beyond 4,500.",
        [("done", "AF_GOV", 500, "batch"), ("done", "AF_GOV", 4500, "cumulative")],
    ),
    (
        "ukraine-2024",
        "On 31 December 179 Ukrainians and 150 Russians went home, mediators said.",
        [("done", "RUSSIA", 179, "batch"), ("done", "UKRAINE", 150, "batch")],
    ),
    ("ukraine-2024", "Kyiv says 2,233 people were freed in 41 exchanges.", [("done", "RUSSIA", 2233, "cumulative")]),
    (
        "ukraine-2024",
        "Ukraine released 20 wounded Russian soldiers and 22 Ukrainians were returned, Russia's ministry said.",
        [("done", "RUSSIA", 22, "batch"), ("done", "UKRAINE", 20, "batch")],
    ),
    (
        "ukraine-2024",
        "The exchange, the biggest of the war, freed 230 Ukrainians and 248 Russians.",
        [("done", "RUSSIA", 230, "batch"), ("done", "UKRAINE", 248, "batch")],
    ),
    (
        "ukraine-2024",
        "Under the Istanbul accords each side is to hand over 1,000 prisoners.",
        [("term", "BOTH", 1000, "target")],
    ),
    (
        "ukraine-2024",
        "Russia gave back 84 people, most of them civilians, on 14 August, Zelensky announced.",
        [("done", "RUSSIA", 84, "batch")],
    ),
    (
        "ukraine-2024",
        "Some 1,100 Ukrainian defenders of Mariupol remain captive, the headquarters says.",
        [("held", "RUSSIA", 1100, "remaining")],
    ),
    (
        "ukraine-2024",
        "Russia's human rights commissioner said 1,000 of our people had come back since January.",
        [("done", "UKRAINE", 1000, "cumulative")],
    ),
    (
        "israel-2025",
        "Israel will free 620 Palestinian prisoners in exchange for four bodies.",
        [("plan", "ISRAEL", 620, "target")],
    ),
    (
        "israel-2025",
        "Three more hostages are due to be released on Saturday, Hamas said.",
        [("plan", "HAMAS", 3, "batch")],
    ),
    (
        "israel-2025",
        "In total 105 hostages have been released, 81 of them Israelis.",
        [("done", "HAMAS", 105, "cumulative")],
    ),
    (
        "israel-2025",
        "Israel refuses to release 50 prisoners convicted of murder.",
        [("reject", "ISRAEL", 50, "remaining")],
    ),
    (
        "israel-2025",
        "Egypt said the truce provides for the exchange of 50 hostages for 150 Palestinians.",
        [("term", "HAMAS", 50, "target"), ("term", "ISRAEL", 150, "target")],
    ),
    (
        "israel-2025",
        "Hamas freed 13 Israelis, ten Thais and a Filipino on the first day; Israel let 39 Palestinian "
        "women and minors go.",
        [("done", "HAMAS", 13, "batch"), ("done", "ISRAEL", 39, "batch")],
    ),
    (
        "israel-2025",
        "Another 39 Palestinian prisoners left Ofer prison on Sunday night.",
        [("done", "ISRAEL", 39, "batch")],
    ),
    (
        "yemen-2020",
        "The Houthis say they freed 1,087 government prisoners unilaterally since 2018.",
        [("done", "HOUTHI", 1087, "cumulative")],
    ),
    (
        "yemen-2020",
        "Two planes carrying 240 Houthi prisoners left Marib for Sanaa.",
        [("done", "YE_GOV", 240, "batch")],
    ),
    (
        "yemen-2020",
        "A Houthi official said the coalition freed 56 prisoners and handed them over to the ICRC in Sanaa.",
        [("done", "COALITION", 56, "batch")],
    ),
    ("yemen-2020", "The exchange saw 1,056 detainees fly home, the ICRC said.", [("done", "BOTH", 1056, "batch")]),
    (
        "armenia-2023",
        "Eight Armenian captives came home from Azerbaijan on Tuesday.",
        [("done", "AZERBAIJAN", 8, "batch")],
    ),
    (
        "armenia-2023",
        "Baku said it released 5 Armenian soldiers as a gesture of goodwill.",
        [("done", "AZERBAIJAN", 5, "batch")],
    ),
    (
        "armenia-2023",
        "The statement said Azerbaijan would free 32 Armenian servicemen and Armenia two Azerbaijanis.",
        [("plan", "ARMENIA", 2, "batch"), ("plan", "AZERBAIJAN", 32, "batch")],
    ),
    (
        "colombia-2012",
        "FARC guerrillas freed a general and two other captives on Sunday.",
        [("done", "FARC", 2, "batch")],
    ),
    (
        "colombia-2012",
        "The government freed 30 jailed FARC rebels under an amnesty law.",
        [("done", "CO_GOV", 30, "batch")],
    ),
    (
        "us-russia-2024",
        "Russia, Belarus and five Western countries traded 24 prisoners, the largest swap since the Cold War.",
        [("done", "BOTH", 24, "batch")],
    ),
    (
        "afghanistan-2020",
        "KABUL: The Afghan government freed 55 Taliban prisoners on Thursday, a spokesman said. Javid "
        "Faisal wrote on Twitter that the inmates had been released from Bagram. The total of released "
        "prisoners has now reached 361. The Taliban have released 40.",
        [("done", "AF_GOV", 55, "batch"), ("done", "AF_GOV", 361, "cumulative"), ("done", "TALIBAN", 40, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The Taliban freed 13 members of the Afghan security forces in Laghman on Friday and the "
        "government has so far released 611.",
        [("done", "AF_GOV", 611, "cumulative"), ("done", "TALIBAN", 13, "batch")],
    ),
    (
        "afghanistan-2020",
        "The Taliban said on Sunday they had freed 845 captives, while the government had released more "
        "than 4,000 Taliban.",
        [("done", "AF_GOV", 4000, "cumulative"), ("done", "TALIBAN", 845, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Suhail Shaheen said 24 prisoners of the Kabul administration were released in Badakhshan "
        "today. He said the Taliban had in all released 600.",
        [("done", "TALIBAN", 24, "batch"), ("done", "TALIBAN", 600, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "In the biggest release so far, Kabul set free 900 Taliban on Tuesday. It plans to let out 2,000.",
        [("done", "AF_GOV", 900, "batch"), ("plan", "AF_GOV", 2000, "target")],
    ),
    (
        "afghanistan-2020",
        "Last week Kabul had freed 300 prisoners. Another 200 walked out this week.",
        [("done", "AF_GOV", 200, "batch"), ("done", "AF_GOV", 300, "batch")],
    ),
    (
        "afghanistan-2020",
        "The government said it would release 100 prisoners on Wednesday and 100 more on Thursday.",
        [("plan", "AF_GOV", 100, "batch")],
    ),
    (
        "afghanistan-2020",
        "President Ghani's decree of 10 March says that 1,500 prisoners will be freed before talks and "
        "another 3,500 after they begin.",
        [("plan", "AF_GOV", 1500, "target"), ("plan", "AF_GOV", 3500, "target")],
    ),
    (
        "afghanistan-2020",
        "The Loya Jirga agreed to free 400 Taliban, the last of the 5,000.",
        [("plan", "AF_GOV", 400, "remaining"), ("term", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "Kabul stopped the release of the remaining 320 prisoners.",
        [("reject", "AF_GOV", 320, "remaining")],
    ),
    (
        "afghanistan-2020",
        "The Taliban have released 20 prisoners from Zabul jail, the first in the province.",
        [("done", "TALIBAN", 20, "batch")],
    ),
    (
        "afghanistan-2020",
        "A senior Taliban official said the group would hand over 1,000 prisoners soon.",
        [("plan", "TALIBAN", 1000, "target")],
    ),
    (
        "afghanistan-2020",
        "Afghanistan's government has released 71 more prisoners, for a total of 432.",
        [("done", "AF_GOV", 71, "batch"), ("done", "AF_GOV", 432, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Some 5,100 Taliban prisoners have been released from government prisons under the deal, according to Kabul.",
        [("done", "AF_GOV", 5100, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Most of the 400 were flown out of Pul-e-Charkhi. On Thursday 80 were let go and on Friday 40 followed.",
        [("done", "AF_GOV", 40, "batch"), ("done", "AF_GOV", 80, "batch")],
    ),
    (
        "afghanistan-2020",
        "The Taliban released 28 soldiers. The soldiers had been held for two years. The movement has "
        "released 260 people since April.",
        [("done", "TALIBAN", 28, "batch"), ("done", "TALIBAN", 260, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The government has so far freed 2,000, half of what the Taliban want.",
        [("done", "AF_GOV", 2000, "cumulative")],
    ),
    (
        "ukraine-2024",
        "Russia and Ukraine swapped 205 prisoners each on Tuesday in the fifth exchange this year.",
        [("done", "BOTH", 205, "batch")],
    ),
    (
        "ukraine-2024",
        "Ukraine said 277 of its fighters came home on Saturday. Moscow said 246 Russian servicemen were returned.",
        [("done", "RUSSIA", 277, "batch"), ("done", "UKRAINE", 246, "batch")],
    ),
    (
        "ukraine-2024",
        "Under an agreement reached in Istanbul, 1,000 prisoners from each side are to be exchanged.",
        [("term", "BOTH", 1000, "target")],
    ),
    (
        "ukraine-2024",
        "Kyiv has brought back 5,757 people from captivity since 2022.",
        [("done", "RUSSIA", 5757, "cumulative")],
    ),
    (
        "ukraine-2024",
        "The two sides exchanged 307 prisoners each on Saturday after swapping 390 each on Friday.",
        [("done", "BOTH", 307, "batch"), ("done", "BOTH", 390, "batch")],
    ),
    (
        "ukraine-2024",
        "Russia's FSB handed 60 prisoners to Kyiv in return for 60 of its own soldiers.",
        [("done", "RUSSIA", 60, "batch"), ("done", "UKRAINE", 60, "batch")],
    ),
    (
        "ukraine-2024",
        "More than 8,000 Ukrainian soldiers are in Russian captivity, Zelensky said.",
        [("held", "RUSSIA", 8000, "remaining")],
    ),
    ("ukraine-2024", "Among those released were 32 women, officials said.", []),
    (
        "israel-2025",
        "Hamas released three hostages and Israel freed 369 Palestinian prisoners on Saturday.",
        [("done", "HAMAS", 3, "batch"), ("done", "ISRAEL", 369, "batch")],
    ),
    (
        "israel-2025",
        "The truce provides for 33 hostages to be freed in return for about 1,900 Palestinians.",
        [("term", "HAMAS", 33, "target"), ("term", "ISRAEL", 1900, "target")],
    ),
    (
        "israel-2025",
        "In all 138 hostages have come home from Gaza since October 2023.",
        [("done", "HAMAS", 138, "cumulative")],
    ),
    ("israel-2025", "Israel says 59 hostages remain in Gaza.", [("held", "HAMAS", 59, "remaining")]),
    (
        "israel-2025",
        "The Palestinian Prisoners Club said Israel would release 602 prisoners on Thursday.",
        [("plan", "ISRAEL", 602, "batch")],
    ),
    (
        "israel-2025",
        "Israel has freed 1,135 prisoners since the ceasefire began.",
        [("done", "ISRAEL", 1135, "cumulative")],
    ),
    (
        "yemen-2020",
        "The Houthis will release 181 prisoners and the government will free 706 under a deal agreed in Geneva.",
        [("term", "HOUTHI", 181, "target"), ("term", "YE_GOV", 706, "target")],
    ),
    (
        "yemen-2020",
        "On the first day 484 had been released by the government and 221 by the Houthis.",
        [("done", "HOUTHI", 221, "batch"), ("done", "YE_GOV", 484, "batch")],
    ),
    (
        "yemen-2020",
        "The ICRC said three flights carried 250 prisoners from Sanaa to Aden on Friday.",
        [("done", "HOUTHI", 250, "batch")],
    ),
    ("yemen-2020", "The parties exchanged lists of 3,000 names each in Jordan.", [("list", "BOTH", 3000, "list")]),
    (
        "armenia-2023",
        "Armenia freed two Azerbaijani soldiers and Azerbaijan 32 Armenians on Wednesday.",
        [("done", "ARMENIA", 2, "batch"), ("done", "AZERBAIJAN", 32, "batch")],
    ),
    (
        "armenia-2023",
        "Azerbaijan has handed over eight detainees to Armenia through Russian mediation.",
        [("done", "AZERBAIJAN", 8, "batch")],
    ),
    (
        "armenia-2023",
        "Yerevan says 80 of its soldiers are still in Azerbaijani captivity.",
        [("held", "AZERBAIJAN", 80, "remaining")],
    ),
    (
        "colombia-2012",
        "The FARC handed over its last 10 hostages on Monday, the Red Cross said.",
        [("done", "FARC", 10, "batch")],
    ),
    ("colombia-2012", "The rebels promised to free six police officers within days.", [("plan", "FARC", 6, "batch")]),
    (
        "us-russia-2024",
        "Russia released 16 people and received eight Russians in return.",
        [("done", "RUSSIA", 16, "batch"), ("done", "WEST", 8, "batch")],
    ),
    (
        "us-russia-2024",
        "The swap, which involved 24 prisoners, took place in Ankara on Thursday.",
        [("done", "BOTH", 24, "batch")],
    ),
    (
        "us-russia-2024",
        "Germany freed one Russian and the United States freed three.",
        [("done", "WEST", 1, "batch"), ("done", "WEST", 3, "batch")],
    ),
    (
        "afghanistan-2020",
        "The Taliban, who signed the deal in February, have freed 300 captives so far.",
        [("done", "TALIBAN", 300, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Kabul, which wants a truce first, has released 1,500 prisoners.",
        [("done", "AF_GOV", 1500, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "The Taliban have freed 600 of the 1,000 captives that Kabul demands.",
        [("demand", "TALIBAN", 1000, "target"), ("done", "TALIBAN", 600, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Two officials said the government had freed 60 more Taliban on Sunday.",
        [("done", "AF_GOV", 60, "batch")],
    ),
    (
        "afghanistan-2020",
        "Three sources told Reuters that 400 prisoners would be freed this week.",
        [("plan", "AF_GOV", 400, "target")],
    ),
    (
        "afghanistan-2020",
        "A council is to decide on the release of the last 400 prisoners.",
        [("plan", "AF_GOV", 400, "remaining")],
    ),
    ("afghanistan-2020", "The assembly will vote on whether to free 400 Taliban.", [("plan", "AF_GOV", 400, "target")]),
    (
        "afghanistan-2020",
        "Ghani said the Taliban must release 1,000 prisoners first.",
        [("demand", "TALIBAN", 1000, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban said no prisoner swap had begun and that none of the 5,000 had been freed.",
        [("done", "AF_GOV", 0, "cumulative"), ("term", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "The government reports that 4,199 inmates were out by Wednesday.",
        [("done", "AF_GOV", 4199, "cumulative")],
    ),
    (
        "afghanistan-2020",
        "Faisal said 51 more prisoners were freed on Tuesday, which brings the total number to 1,083.",
        [("done", "AF_GOV", 51, "batch"), ("done", "AF_GOV", 1083, "cumulative")],
    ),
    ("afghanistan-2020", "The authorities began to free 900 prisoners on Tuesday.", [("plan", "AF_GOV", 900, "batch")]),
    (
        "afghanistan-2020",
        "The Taliban released eight policemen in Samangan, the governor's office confirmed on Friday.",
        [("done", "TALIBAN", 8, "batch")],
    ),
    (
        "afghanistan-2020",
        "Officials say 3,000 have been freed, but the Taliban put the figure at 2,284.",
        [("done", "AF_GOV", 2284, "cumulative"), ("done", "AF_GOV", 3000, "cumulative")],
    ),
    ("afghanistan-2020", "The Taliban want 22 more commanders out.", [("demand", "AF_GOV", 22, "batch")]),
    (
        "ukraine-2024",
        "Russia handed 13 Ukrainians to Belarus and Kyiv received 15 of its soldiers.",
        [("done", "RUSSIA", 13, "batch"), ("done", "RUSSIA", 15, "batch")],
    ),
    (
        "ukraine-2024",
        "Both sides swapped 95 prisoners each; Moscow said 95 of its own servicemen had returned.",
        [("done", "BOTH", 95, "batch"), ("done", "UKRAINE", 95, "batch")],
    ),
    (
        "ukraine-2024",
        "Zelensky said 189 Ukrainians were home again after the exchange.",
        [("done", "RUSSIA", 189, "batch")],
    ),
    (
        "ukraine-2024",
        "The Russian ministry said 150 soldiers were returned from Ukrainian captivity on Sunday.",
        [("done", "UKRAINE", 150, "batch")],
    ),
    (
        "ukraine-2024",
        "At least 1,500 Ukrainian civilians are held in Russian prisons.",
        [("held", "RUSSIA", 1500, "remaining")],
    ),
    (
        "ukraine-2024",
        "Ukraine and Russia are to exchange 1,000 prisoners each in the coming days.",
        [("plan", "BOTH", 1000, "target")],
    ),
    (
        "israel-2025",
        "Israel released 183 Palestinians on Saturday in exchange for three hostages.",
        [("done", "HAMAS", 3, "batch"), ("done", "ISRAEL", 183, "batch")],
    ),
    (
        "israel-2025",
        "A total of 25 living hostages were released during the truce.",
        [("done", "HAMAS", 25, "cumulative")],
    ),
    ("israel-2025", "Hamas has so far handed back 13 bodies; 15 are still in Gaza.", []),
    (
        "israel-2025",
        "The army said five Thai hostages crossed into Israel on Thursday.",
        [("done", "HAMAS", 5, "batch")],
    ),
    ("israel-2025", "Egypt's minister said 250 prisoners serving life terms would be among those freed.", []),
    (
        "yemen-2020",
        "The government said it was ready to free 1,000 Houthis for all captives held by the group.",
        [("plan", "YE_GOV", 1000, "target")],
    ),
    (
        "yemen-2020",
        "About 900 detainees were reunited with their families over three days, the ICRC said.",
        [("done", "BOTH", 900, "cumulative")],
    ),
    (
        "yemen-2020",
        "Yemen's government released 71 Houthi fighters in Marib on Wednesday in a local deal brokered by tribes.",
        [("done", "YE_GOV", 71, "batch")],
    ),
    ("yemen-2020", "The Houthis freed 64 soldiers in Taiz.", [("done", "HOUTHI", 64, "batch")]),
    (
        "armenia-2023",
        "Baku handed over 10 prisoners to Yerevan, which gave maps of minefields in return.",
        [("done", "AZERBAIJAN", 10, "batch")],
    ),
    (
        "colombia-2012",
        "The rebels freed the last ten police and soldiers they held on Monday.",
        [("done", "FARC", 10, "batch")],
    ),
    ("colombia-2012", "FARC has released five captives since January.", [("done", "FARC", 5, "cumulative")]),
    ("us-russia-2024", "Eight people returned to Russia on Thursday.", [("done", "WEST", 8, "batch")]),
    ("us-russia-2024", "The White House said 16 people had been freed from Russia.", [("done", "RUSSIA", 16, "batch")]),
    (
        "afghanistan-2020",
        "The Taliban rejected the offer. They want 5,000 out first, said spokesman Suhail Shaheen.",
        [("demand", "AF_GOV", 5000, "target")],
    ),
    (
        "afghanistan-2020",
        "The Taliban freed captives again. They have so far let out 240, Kabul says.",
        [("done", "TALIBAN", 240, "cumulative")],
    ),
]


@pytest.mark.parametrize(("conflict", "text", "expected"), SENTENCES)
def test_every_form_is_read(conflict: str, text: str, expected: list[tuple[str, str, int, str]]) -> None:
    """The claims of the sentence are exactly those expected; parts of a labelled whole are left aside."""
    found = extract(Report(doc="x", text=text, published="2020-08-10", conflict=conflict), _lexicon(conflict))
    read = set()
    for claim in found:
        assert claim.text == text[slice(*claim.span)]
        if claim.quantity is not None and claim.kind != "component":
            number = claim.quantity.value if claim.quantity.value is not None else claim.quantity.high
            read.add((claim.event_type, claim.actor, number, claim.kind))
    assert sorted(read) == sorted(expected)
