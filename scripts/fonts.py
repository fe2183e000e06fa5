"""Makes fonts/: the letters of Liberation Sans and Serif that figures need, under names of their own.

The licence reserves the name Liberation for the fonts as Red Hat publishes them, so the parts are renamed. Needs
fonttools, and the fonts of Debian's package fonts-liberation2: python3 scripts/fonts.py
"""

from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont

SOURCE = Path("/usr/share/fonts/truetype/liberation2")
TARGET = Path(__file__).parent.parent / "fonts"
# Latin, Greek and Cyrillic letters, punctuation, raised and lowered digits, arrows, signs of mathematics, shapes.
LETTERS = [
    (0x20, 0x7E), (0xA0, 0x17F), (0x192, 0x192), (0x218, 0x21B), (0x2C6, 0x2DD), (0x384, 0x3CE), (0x3D5, 0x3D5),
    (0x400, 0x45F), (0x490, 0x491), (0x1E9E, 0x1E9E), (0x2010, 0x2027), (0x2030, 0x203A), (0x2044, 0x2044),
    (0x2070, 0x2094), (0x20AC, 0x20AC), (0x2122, 0x2126), (0x2190, 0x2195), (0x21D2, 0x21D2), (0x2200, 0x22A5),
    (0x25A0, 0x25FF), (0xFFFD, 0xFFFD),
]  # fmt: skip

for kind in ("Sans", "Serif"):
    for weight in ("Regular", "Bold"):
        font = TTFont(SOURCE / f"Liberation{kind}-{weight}.ttf", recalcTimestamp=False)
        options = Options(hinting=False, layout_features=[], name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], notdef_outline=True)
        subsetter = Subsetter(options)
        subsetter.populate(unicodes=[code for first, last in LETTERS for code in range(first, last + 1)])
        if "FFTM" in font:
            del font["FFTM"]
        subsetter.subset(font)
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6):
                name = str(record).replace("Liberation", "Isoflop")
                record.string = name if record.nameID == 6 else name.replace("Ascender - ", "")
        font.save(TARGET / f"Isoflop{kind}-{weight}.ttf")
