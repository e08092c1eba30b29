"""Invented people for the tests of matching. Nobody of these names is meant."""

from quittance.people.model import ListEntry

A = (
    ListEntry("a1", "Rahmatullah Zarnegar", father="Dilawar", birth="1985", province="Kunduz", sex="m"),
    ListEntry("a2", "Javed Faisal", father="Hekmat", birth="1990", province="Herat", id_no="AX-1204"),
    ListEntry("a3", "Gulbahar Tarzi", father="Sohrab", birth="1979", province="Balkh"),
    ListEntry("a4", "Nawid Shekib", father="Latif", birth="1988", province="Kabul"),
    ListEntry("a5", "Farhad Shekib", father="Latif", birth="1991", province="Kabul"),
    ListEntry("a6", "Ahmad Karimi"),
    ListEntry("a7", "Zmarai Fathi Zadeh"),
    ListEntry("a8", "Bismillah Qader"),
)
B = (
    ListEntry("b1", "رحمت الله زرنگار", father="دلاور", birth="SH1364", province="کندز", sex="مرد"),
    ListEntry("b2", "جاوید فیصل", father="حکمت", birth="SH1369", province="هرات", id_no="AX1204"),
    ListEntry("b3", "گلبهار طرزی", father="سهراب", birth="SH1358", province="بلخ"),
    ListEntry("b4", "نوید شکیب", father="لطیف", birth="SH1367", province="کابل"),
    ListEntry("b5", "زمری فتحی‌زاده"),
    ListEntry("b6", "مینه پوپل"),
)
PARTNERS = {"b1": "a1", "b2": "a2", "b3": "a3", "b4": "a4", "b5": "a7"}
