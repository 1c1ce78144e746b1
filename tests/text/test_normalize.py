"""Written text becomes the words that are said."""

import random
import re

import pytest

from voxhall.text.normalize import Token, normalize

ENGLISH = """
I have 0 of them. | I have zero of them
There are 7 cats. | there are seven cats
42 is the answer. | forty two is the answer
It took 365 days. | it took three hundred sixty five days
1,234 people came. | one thousand two hundred thirty four people came
12,345,678 | twelve million three hundred forty five thousand six hundred seventy eight
1,000,000,000,000 | one trillion
It is -5 outside. | it is minus five outside
pi is 3.14159 | pi is three point one four one five nine
a 0.05 chance | a zero point zero five chance
.5 of it | point five of it
agent 007 | agent zero zero seven
We have 3500 cars. | we have three thousand five hundred cars
1999 cars | one thousand nine hundred ninety nine cars
12345678901234 | one two three four five six seven eight nine zero one two three four
in 1999 | in nineteen ninety nine
Since 1905, he slept. | since nineteen oh five he slept
In 2008 and 2026. | in two thousand eight and twenty twenty six
in 1900 | in nineteen hundred
in 2000 | in two thousand
in 1066 | in ten sixty six
the 1900s | the nineteen hundreds
the 1990s | the nineteen nineties
the '90s | the nineties
in her 20s | in her twenties
the mid-1980s were loud | the mid nineteen eighties were loud
the 1st | the first
her 22nd birthday | her twenty second birthday
3rd place | third place
the 100th | the one hundredth
the 1,000th customer | the one thousandth customer
1/2 cup | a half cup
3/4 done | three quarters done
3 3/4 inches | three and three quarters inches
½ a cup | a half a cup
2½ hours | two and a half hours
5/8 of it | five eighths of it
50% off | fifty percent off
3.5 % | three point five percent
10-20% | ten to twenty percent
$3.50, please | three dollars fifty please
It is $1. | it is one dollar
$1,299.99 | one thousand two hundred ninety nine dollars ninety nine
$0.99 | ninety nine cents
$5.05 | five dollars and five cents
£20 | twenty pounds
£1.50 | one pound fifty
€5bn | five billion euros
$3 million | three million dollars
$1.2M | one point two million dollars
$5k | five thousand dollars
¥500 | five hundred yen
50¢ | fifty cents
USD 20 | twenty u s dollars
20 USD | twenty u s dollars
20€ | twenty euros
$5-10 | five to ten dollars
a $5 bill | a five dollar bill
a $3 million grant | a three million dollar grant
$20/hour | twenty dollars per hour
-$5 | minus five dollars
on 2026-11-21 | on november twenty first twenty twenty six
11/21/2026 | november twenty first twenty twenty six
21/11/2026 | november twenty first twenty twenty six
Nov. 21 is near | november twenty first is near
July 4, 2026, was hot | july fourth twenty twenty six was hot
21 November 2026 | the twenty first of november twenty twenty six
on the 21 November | on the twenty first of november
July 4th | july fourth
July 4-6 | july fourth to sixth
Wed., Jan. 5 | wednesday january fifth
March 2026 | march twenty twenty six
Sept. 2019 | september twenty nineteen
at 10:30 | at ten thirty
at 10:30 p.m. | at ten thirty p m
at 7am | at seven a m
7 a.m. to 9 p.m. | seven a m to nine p m
at 14:05 | at fourteen oh five
at 12:00 | at twelve o'clock
at 14:00 | at fourteen hundred
9:00-17:00 | nine o'clock to seventeen hundred
9am-5pm | nine a m to five p m
9-5pm | nine to five p m
(555) 123-4567 | five five five one two three four five six seven
+1 555 123 4567 | plus one five five five one two three four five six seven
1-800-555-0199 | one eight hundred five five five zero one nine nine
555-0199 | five five five zero one nine nine
Call 911! | call nine one one
+44 20 7946 0958 | plus four four two zero seven nine four six zero nine five eight
5 kg | five kilograms
1 kg | one kilogram
a 5 kg bag | a five kilogram bag
10km/h | ten kilometers per hour
70°F | seventy degrees fahrenheit
-5 °C. | minus five degrees celsius
3.5 GHz | three point five gigahertz
16GB | sixteen gigabytes
6'2" tall | six foot two tall
5 lbs. of it | five pounds of it
12 oz | twelve ounces
20 m² | twenty square meters
800 sq ft | eight hundred square feet
65 mph | sixty five miles per hour
5-10 kg | five to ten kilograms
a 27" monitor | a twenty seven inch monitor
5 x 10 cm | five by ten centimeters
5ft 3in | five feet three inches
180° turn | one hundred eighty degrees turn
10 m/s | ten meters per second
Henry VIII | henry the eighth
Henry VIII's wives | henry the eighth's wives
Louis XIV was king | louis the fourteenth was king
Queen Elizabeth II | queen elizabeth the second
Chapter IV | chapter four
World War II | world war two
World War I. | world war one
Part I of it | part one of it
Super Bowl LVIII | super bowl fifty eight
Rocky IV | rocky four
the XIX century | the nineteenth century
and I mix DIY | and i mix d i y
John, I think so | john i think so
5-10 | five to ten
pp. 10–12 | pages ten to twelve
1914–1918 | nineteen fourteen to nineteen eighteen
1914-18 | nineteen fourteen to eighteen
They won 3-2. | they won three to two
2+2=4 | two plus two equals four
3 x 4 = 12 | three times four equals twelve
a 3x4 grid | a three by four grid
10 - 3 = 7 | ten minus three equals seven
5 < 6 | five is less than six
x > 3 | x is greater than three
±5 | plus or minus five
10x faster | ten times faster
x² | x squared
10⁶ | ten to the sixth
a 16:9 ratio | a sixteen to nine ratio
v2.0.1 | version two point zero point one
Python 3.11 | python three point eleven
192.168.1.10 | one hundred ninety two dot one hundred sixty eight dot one dot ten
Dr. Smith | doctor smith
12 Mulberry Dr. | twelve mulberry drive
St. John | saint john
Main St. is shut | main street is shut
12 Main St. | twelve main street
Mr. and Mrs. Jones | mister and missus jones
Prof. Lee | professor lee
Bob Jr. and Tom Sr. | bob junior and tom senior
cats vs. dogs | cats versus dogs
apples, pears, etc. | apples pears et cetera
e.g. this, i.e. that | for example this that is that
approx. 5 | approximately five
No. 5 | number five
No. I will not. | no i will not
5th Ave. | fifth avenue
Sunset Blvd. | sunset boulevard
the sales dept. | the sales department
Acme Inc. | acme incorporated
J. R. Smith | j r smith
the FBI | the f b i
USA! | u s a
the U.S. Senate | the u s senate
NASA | nasa
AT&T | a t and t
HTML | h t m l
two CDs | two c d's
a PhD | a p h d
4K | four k
3D | three d
COVID-19 | covid nineteen
MP3 | m p three
R2-D2 | r two d two
B2B | b two b
H2O | h two o
F-16 | f sixteen
STOP! WARNING! | stop warning
DO NOT TOUCH IT | do not touch it
the IT team | the i t team
THIS IS FOR US | this is for us
an ESPN show | an e s p n show
a BIG deal | a big deal
https://example.com/a-b | example dot com slash a dash b
www.example.org. | w w w dot example dot org
jo@example.org | jo at example dot org
j.smith+x@mail.co.uk | j dot smith plus x at mail dot co dot u k
#1 fan | number one fan
#ThrowbackThursday | hashtag throwback thursday
@jane_doe | at jane underscore doe
report.pdf | report dot p d f
main_file.py | main underscore file dot p y
4111 1111 1111 1111 | four one one one one one one one one one one one one one one one
978-3-16-148410-0 | nine seven eight three one six one four eight four one zero zero
salt & pepper | salt and pepper
and/or | and or
24/7 | twenty four seven
9/11 | nine eleven
50/50 | fifty fifty
w/ milk, w/o sugar | with milk without sugar
C++ and C# | c plus plus and c sharp
well-known state-of-the-art | well known state of the art
Great 😀 job! 🎉 | great job
“Don’t,” she said. | don't she said
Well—maybe—no. | well maybe no
the boss (a man) left | the boss a man left
*very* **good** _stuff_ | very good stuff
wait... what?! | wait what
café naïve | café naïve
2πr | two pi r
5 µm | five micrometers
~50 people | about fifty people
100+ items | one hundred plus items
10k run | ten k run
5M users | five million users
CA 90210 | california nine zero two one zero
the 5-year plan | the five year plan
a 10-minute walk | a ten minute walk
Boeing 747 | boeing seven hundred forty seven
iPhone 15 | iphone fifteen
Springfield, IL 62704 | springfield illinois six two seven zero four
Mon-Fri | monday to friday
1st–3rd | first to third
~$5 | about five dollars
5' tall | five feet tall
5 in. long | five inches long
PIN 4321 | pin four three two one
Psalm 23:4 | psalm twenty three four
3e-5 | three times ten to the minus five
Windows 11 vs macOS 14.2 | windows eleven versus macos fourteen point two
<1% and >50% | less than one percent and more than fifty percent
> $5 | greater than five dollars
the 2008–09 crisis | the two thousand eight to oh nine crisis
8/10 | eight out of ten
3/10 of an inch | three tenths of an inch
e=mc² | e equals mc squared
COVID-19's end | covid nineteen's end
Smith et al., 2020 | smith et al twenty twenty
Malcolm X | malcolm x
10 000 people | ten thousand people
rock 'n' roll | rock and roll
50 cm x 30 cm | fifty centimeters by thirty centimeters
Order #12345 | order number one two three four five
Fig. 4b | figure four b
SCHOOL STRENGTH AND RHYTHM | school strength and rhythm
HELLO WORLD | hello world
2.2%–2.4% | two point two to two point four percent
$1M–$2M | one to two million dollars
Vol. II | volume two
the no. of cats | the number of cats
-1/2 | minus a half
1,000s of | thousands of
0800 hours | zero eight hundred hours
GPT-4 | g p t four
TCP/IP | t c p i p
§ 5 | section five
Fig. 3 shows | figure three shows
vol. 2, ch. 3 | volume two chapter three
a.k.a. Bob | a k a bob
1.000.000 | one million
[Your Name] | your name
6:00 p.m. | six p m
Phase II | phase two
５０ | fifty
٣ | three
① | one
"""


def plain(text: str) -> str:
    """Drop case and punctuation."""
    return " ".join(re.sub(r"[^\w']+", " ", text.lower()).split())


def said(text: str, language: str = "en") -> str:
    """Give what is said, as one string."""
    return " ".join(token.spoken for token in normalize(text, language) if token.spoken)


def rows(table: str) -> list[tuple[str, str]]:
    """Give the written and the spoken column."""
    return [tuple(part.strip() for part in line.split(" | ")) for line in table.strip().splitlines()]  # type: ignore[misc]


@pytest.mark.parametrize(("written", "spoken"), rows(ENGLISH))
def test_english(written: str, spoken: str) -> None:
    """As a careful reader says it."""
    assert plain(said(written)) == plain(spoken)


@pytest.mark.parametrize(
    ("written", "tokens"),
    [
        ("It cost $3.50, no more.", ["It", "cost", "$3.50,", "no", "more."]),
        ("$3 million is much", ["$3 million", "is", "much"]),
        ("On July 4, 2026 we", ["On", "July 4, 2026", "we"]),
        ("At 10:30 p.m. sharp", ["At", "10:30 p.m.", "sharp"]),
        ("“Hi,” he said", ["“Hi,”", "he", "said"]),
        ("Voxhall—maybe--no", ["Voxhall", "—", "maybe", "--", "no"]),
    ],
)
def test_an_expression_is_one_token(written: str, tokens: list[str]) -> None:
    """As it was written, spaces and marks included."""
    assert [token.written for token in normalize(written, "en")] == tokens


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("Yes, $3.50, no.", "Yes, three dollars fifty, no."),
        ("He came at 5 p.m.", "He came at five P.M."),
        ("He came at 5 p.m. and left.", "He came at five P.M and left."),
        ("It works, etc. The end.", "It works, et cetera. The end."),
        ("Mr. Fox ran.", "mister Fox ran."),
        ("Well—maybe", "Well, maybe"),
        ("Well — maybe", "Well, maybe"),
        ("The boss (a man) left.", "The boss, a man, left."),
        ("He left (at last).", "He left, at last."),
        ("What?! Really…", "What? Really…"),
        ("He weighs 5 kg. She does not.", "He weighs five kilograms. She does not."),
        ("Great 😀.", "Great."),
        ("Buy:\n- milk\n- eggs", "Buy. milk. eggs"),
    ],
)
def test_marks_that_a_voice_needs_are_kept(written: str, spoken: str) -> None:
    """One at most after a word; an abbreviation's full stop only where the sentence ends."""
    assert said(written) == spoken


def test_phonemes_are_left_alone() -> None:
    """Whatever is in them."""
    assert normalize("Say [[təˈm3ɪtoʊ]], now", "en")[1] == Token("[[təˈm3ɪtoʊ]],", "[[təˈm3ɪtoʊ]],")


def test_what_is_silent_stays_a_token() -> None:
    """So that the written text is complete."""
    assert normalize("Hi 😀 there", "en")[1] == Token("😀", "")
    assert normalize("", "en") == ()


FRENCH = """
Il a 21 ans | il a vingt et un ans
71 personnes | soixante et onze personnes
80 | quatre vingts
en 1999 | en mille neuf cent quatre vingt dix neuf
3,5 kg | trois virgule cinq kilos
3,14 | trois virgule quatorze
1 234 567 | un million deux cent trente quatre mille cinq cent soixante sept
3,50 € | trois euros cinquante
1 € | un euro
20 $ | vingt dollars
3 millions d'euros | trois millions d'euros
50 % | cinquante pour cent
14h30 | quatorze heures trente
à 8 h | à huit heures
21:00 | vingt et une heures
le 1er mai 2026 | le premier mai deux mille vingt six
la 1re fois | la première fois
le 2e étage | le deuxième étage
le 21/11/2026 | le vingt et un novembre deux mille vingt six
M. Dupont et Mme Petit | monsieur dupont et madame petit
n° 5 | numéro cinq
n°12 | numéro douze
3/4 | trois quarts
Louis XIV | louis quatorze
le XXe siècle | le vingtième siècle
1 000 000 € | un million d'euros
COVID-19 | covid dix neuf
15:30-16:45 | quinze heures trente à seize heures quarante cinq
-5 °C | moins cinq degrés celsius
80 km/h | quatre vingts kilomètres heure
01 23 45 67 89 | zéro un vingt trois quarante cinq soixante sept quatre vingt neuf
jo@example.org | jo arobase example point org
etc. | et cetera
"""
SPANISH = """
Tengo 21 años | tengo veintiún años
21 | veintiuno
en 1999 | en mil novecientos noventa y nueve
3,5 kg | tres coma cinco kilos
1.234.567 | un millón doscientos treinta y cuatro mil quinientos sesenta y siete
3,50 € | tres euros con cincuenta
1 € | un euro
20 $ | veinte dólares
3 millones de euros | tres millones de euros
50 % | cincuenta por ciento
14:30 | catorce treinta
a las 9:05 | a las nueve cinco
el 1 de mayo de 2026 | el primero de mayo de dos mil veintiséis
el 21/11/2026 | el veintiuno de noviembre de dos mil veintiséis
la 1.ª vez | la primera vez
el 2.º piso | el segundo piso
el 3er día | el tercer día
Sr. López y Sra. Ruiz | señor lópez y señora ruiz
EE. UU. | estados unidos
-5 °C | menos cinco grados celsius
80 km/h | ochenta kilómetros por hora
pág. 12 | página doce
el siglo XXI | el siglo veintiuno
jo@example.org | jo arroba example punto org
"""
GERMAN = """
21 Jahre | einundzwanzig Jahre
im Jahr 1999 | im Jahr neunzehnhundertneunundneunzig
3,14 | drei Komma eins vier
1.234.567 | eine Million zweihundertvierunddreißigtausendfünfhundertsiebenundsechzig
3,50 € | drei Euro fünfzig
1 € | ein Euro
20 $ | zwanzig Dollar
10 Mio. € | zehn Millionen Euro
50 % | fünfzig Prozent
um 14:30 Uhr | um vierzehn Uhr dreißig
um 8 Uhr | um acht Uhr
am 21. November 2026 | am einundzwanzigsten November zweitausendsechsundzwanzig
der 2. Versuch | der zweite Versuch
21.11.2026 | einundzwanzigster November zweitausendsechsundzwanzig
z. B. Äpfel | zum Beispiel Äpfel
Dr. Müller | Doktor Müller
Nr. 5 | Nummer fünf
3/4 | drei Viertel
Im 19. Jahrhundert | Im neunzehnten Jahrhundert
-5 °C | minus fünf Grad Celsius
80 km/h | achtzig Kilometer pro Stunde
1 kg | ein Kilogramm
Äpfel usw. | Äpfel und so weiter
5-10 | fünf bis zehn
jo@example.org | jo at example Punkt org
"""
AMHARIC = """
0 | ዜሮ
7 | ሰባት
10 | አስር
15 | አስራ አምስት
21 | ሃያ አንድ
100 | አንድ መቶ
125 | አንድ መቶ ሃያ አምስት
1997 | አንድ ሺህ ዘጠኝ መቶ ዘጠና ሰባት
20,000 | ሃያ ሺህ
1,000,000 | አንድ ሚሊዮን
3.5 | ሦስት ነጥብ አምስት
-5 | ነጌቲቭ አምስት
50% | ሃምሳ በመቶ
100 ብር | አንድ መቶ ብር
3.50 ብር | ሦስት ብር ሃምሳ ሳንቲም
$20 | ሃያ ዶላር
1ኛ | አንደኛ
21ኛው | ሃያ አንደኛው
20ኛ | ሃያኛ
፲፱፻፹፬ | አንድ ሺህ ዘጠኝ መቶ ሰማንያ አራት
፼ | አስር ሺህ
5-10 | አምስት እስከ አስር
5 km | አምስት ኪሎ ሜትር
ዶ/ር አበበ | ዶክተር አበበ
ከ88-92% | ከሰማንያ ስምንት እስከ ዘጠና ሁለት በመቶ
ከኮቪድ-19 | ከኮቪድ አስራ ዘጠኝ
በ2015 ዓ.ም. | በሁለት ሺህ አስራ አምስት ዓመተ ምህረት
"""
TIGRINYA = """
0 | ዜሮ
7 | ሸውዓተ
10 | ዓሰርተ
15 | ዓሰርተ ሓሙሽተ
21 | ዕስራን ሓደን
100 | ሚእቲ
125 | ሚእትን ዕስራን ሓሙሽተን
200 | ክልተ ሚእቲ
1000 | ሽሕ
1997 | ሽሕን ትሽዓተ ሚእትን ተስዓን ሸውዓተን
2,000,000 | ክልተ ሚልዮን
3.5 | ሰለስተ ነጥቢ ሓሙሽተ
50% | ሓምሳ ሚእታዊት
100 ብር | ሚእቲ ብር
20 ናቕፋ | ዕስራ ናቕፋ
1ይ | ቀዳማይ
4ይ | ራብዓይ
15ይ | መበል ዓሰርተ ሓሙሽተ
፳፩ | ዕስራን ሓደን
5-10 | ሓሙሽተ ክሳብ ዓሰርተ
ዶ/ር ኣማኑኤል | ዶክተር ኣማኑኤል
"""
OTHERS = [
    (language, *row)
    for language, table in (("fr", FRENCH), ("es", SPANISH), ("de", GERMAN), ("am", AMHARIC), ("ti", TIGRINYA))
    for row in rows(table)
]


@pytest.mark.parametrize(("language", "written", "spoken"), OTHERS)
def test_other_languages(language: str, written: str, spoken: str) -> None:
    """French, Spanish, German, Amharic and Tigrinya count in their own words."""
    assert plain(said(written, language)) == plain(spoken)


def test_plain_numbers_in_any_language_that_can_be_spelled() -> None:
    """The rest is left to the voice."""
    assert said("ho 21 anni", "it") == "ho ventuno anni"
    assert said("ho 21 anni", "xx") == "ho 21 anni"
    assert said("你好。我是！", "zh") == "你好。 我是！"


def scribble(dice: random.Random) -> str:
    """Make up a text of anything that there is, digits and signs above all."""
    common = "0123456789.,:/-–$%()' \"@#&+=x°IVXLCaeiotAEDr.\n" * 3
    letters = [dice.choice(common) if dice.random() < 0.9 else chr(dice.randrange(0x20, 0x2FFFF)) for _ in range(2000)]
    return "".join(letter for letter in letters if not 0xD800 <= ord(letter) < 0xE000)


@pytest.mark.parametrize("seed", range(20))
def test_no_text_is_too_much(seed: int) -> None:
    """Nothing breaks it, every digit is said, and nothing written is lost."""
    text = scribble(random.Random(seed)).replace("[[", "")
    tokens = normalize(text, "en")
    assert not re.search(r"\d", " ".join(token.spoken for token in tokens))
    assert len(tokens) > 10
    for language in ("am", "ti"):
        assert not re.search(r"[\d፩-፼]", " ".join(token.spoken for token in normalize(text, language)))
    for language in ("fr", "es", "de", "it", "zh"):
        assert normalize(text, language)


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece",
    ["1", "a", "A", ".", "-", "1-", "1,", "a.", "(", "[[", "/a", "@a.", "1 ", "$", " ", "'", "I", "—", "é", "1:", "_"],
)
def test_long_texts_are_read_in_one_go(piece: str) -> None:
    """No pattern goes back over a text again and again: that would take minutes."""
    text = piece * (30_000 // len(piece))
    written = "".join(token.written for token in normalize(text, "en"))
    assert "".join(written.split()) == "".join(text.split())
