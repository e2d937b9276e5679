"""The pictures of the README: of screens as they are, the same each time, with nothing from elsewhere."""

from xml.etree import ElementTree

import pyte
import pytest

from curses_client.themes.choice import named
from tests.home import Home
from tests.pictures import DIRECTORY, PICTURES, taken
from tests.svg import picture
from tests.tables import README

SVG = "{http://www.w3.org/2000/svg}"


def of(data: str, theme: str = "dark") -> ElementTree.Element:
    screen = pyte.Screen(20, 3)
    pyte.Stream(screen).feed(data)
    return ElementTree.fromstring(picture(screen, named(theme), title="a <title>"))


def texts(root: ElementTree.Element) -> list[tuple[str, str]]:
    return [((text.text or "").replace("\xa0", " ").rstrip(), text.get("fill", "")) for text in root.iter(f"{SVG}text")]


def test_text_and_its_colours() -> None:
    root = of("a<b>&\x1b[38;5;167mred\x1b[0m\r\n\x1b[7mturned\x1b[0m")
    assert texts(root) == [("a<b>&", "#d0d0d0"), ("red", "#d75f5f"), ("turned", "#1c1c1c")]
    assert [rect.get("fill") for rect in root.iter(f"{SVG}rect")][:2] == ["#1c1c1c", "#d0d0d0"]


def test_a_light_picture_is_light() -> None:
    assert next(of("", "light").iter(f"{SVG}rect")).get("fill") == "#ffffff"


def test_settings() -> None:
    (text,) = of("\x1b[1;3;4mx").iter(f"{SVG}text")
    assert (text.get("font-weight"), text.get("font-style"), text.get("text-decoration")) == (
        "bold",
        "italic",
        "underline",
    )


@pytest.mark.parametrize("name", [name for name, *_ in PICTURES])
def test_those_that_are_checked_in_stand_alone(name: str) -> None:
    text = (DIRECTORY / f"{name}.svg").read_text(encoding="utf-8")
    root = ElementTree.fromstring(text)
    assert not any(
        word in text.replace("http://www.w3.org/2000/svg", "") for word in ("http", "href", "url(", "script")
    )
    shown = " ".join(shown for shown, _ in texts(root))
    assert "demo@host" in shown


@pytest.mark.parametrize(("name", "title"), [(name, title) for name, title, *_ in PICTURES])
def test_each_is_shown_and_has_its_title(name: str, title: str) -> None:
    assert f"](man/pictures/{name}.svg)" in README.text
    root = ElementTree.parse(DIRECTORY / f"{name}.svg").getroot()
    assert root.findtext(f"{SVG}title") == title


def test_a_picture_is_of_the_real_program() -> None:
    _, title, theme, rows, play = PICTURES[-1]
    with Home() as home:
        root = ElementTree.fromstring(picture(taken(home, theme, rows, play), named(theme), title=title))
    shown = dict(texts(root))
    # what was typed of it is marked
    assert "isqrt" in "".join(text for text, _ in texts(root))
    keyword = named("light").tints["keyword"].colours
    assert shown["import"] == keyword
