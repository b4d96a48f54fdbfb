"""The synthetic patients: a fixed cast of invented people, so that a search finds the same ones in every world."""

from collections.abc import Iterable
from dataclasses import dataclass

_NAMES = """Ada Fernwood|Bela Quillon|Cora Thistledown|Dario Pemberly|Edda Marlowick|Fynn Ostergard|Greta Halloway
Hugo Brambleton|Ines Calloway|Jonas Wetherby|Kaia Lindqvist|Leon Abernethy|Mira Solbakken|Nils Carraway|Odile Fernwood
Pavel Drummond|Quinn Ellsworth|Rosa Montavo|Silas Greenough|Thea Winterborne|Umar Saltzen|Vera Kestrel|Wim Haverford
Xenia Palgrave|Yann Corbeau|Zelda Ashgrove|Anton Brightwell|Birte Quillon|Casper Nightingale|Dunja Varlow
Emil Stavros|Flora Pemberly|Gwen Tarrant|Henrik Moss|Ilse Fairweather|Jarek Dunmore|Klara Yewdale|Luca Marchbanks
Mabel Underhill|Noor Eastgate"""
_STREETS = ("Juniper Lane", "Harbor Street", "Old Mill Road", "Larkspur Avenue", "Quarry Hill")
_TOWNS = (("Lakeside", "WI", "53099"), ("Millbrook", "WI", "53098"), ("Fernhill", "MN", "55998"))


@dataclass(frozen=True, slots=True)
class Patient:
    """An invented person. `mrn` is the medical record number, `born` an ISO date."""

    mrn: str
    first: str
    last: str
    born: str
    sex: str
    street: str
    city: str
    state: str
    zip: str
    phone: str

    def answers_to(self, text: str) -> bool:
        """Whether a search text is this person's full name, either name, or record number, in any case."""
        return plain(text) in search_texts(self.first, self.last, [self.mrn])


def search_texts(first: str, last: str, numbers: Iterable[str]) -> frozenset[str]:
    """All that a patient can be searched by, each made `plain`."""
    return frozenset(plain(text) for text in (f"{first} {last}", first, last, *numbers))


def plain(text: str) -> str:
    """A search text without regard to case and spacing."""
    return " ".join(text.casefold().split())


def _patient(number: int, name: str) -> Patient:
    first, last = name.split(" ")
    city, state, postcode = _TOWNS[number % len(_TOWNS)]
    return Patient(
        mrn=f"LH{4_100_233 + number * 7919}",
        first=first,
        last=last,
        born=f"{1934 + number * 37 % 85}-{1 + number * 5 % 12:02d}-{1 + number * 11 % 28:02d}",
        sex=("Female", "Male")[number % 2],
        street=f"{100 + number * 83} {_STREETS[number % len(_STREETS)]}",
        city=city,
        state=state,
        zip=postcode,
        phone=f"+1555010{number:04d}",
    )


CAST = tuple(_patient(number, name) for number, name in enumerate(_NAMES.replace("\n", "|").split("|")))
