"""Translations, read straight from the .ts files that translators edit: there is nothing to compile.

A new language, or new sentences in an old one, for Qt Linguist or any editor:
    pyside6-lupdate -extensions py vcam/ui/*.py -ts assets/i18n/xx.ts -no-obsolete -locations none
"""

from __future__ import annotations

import logging
from pathlib import Path
from xml.etree import ElementTree as ET

from PySide6.QtCore import QLocale, QObject, QTranslator

_log = logging.getLogger(__name__)
SOURCE_LANGUAGE = "en"
_OWN_NAMES = {"de": "Deutsch", "en": "English", "es": "Español", "fr": "Français"}


class Translation(QTranslator):
    """The sentences of one .ts file."""

    def __init__(self, file: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words = _read(file)

    def isEmpty(self) -> bool:
        """Return whether there is nothing in it."""
        return not self._words

    def translate(self, context: str, text: str, *_: object) -> str | None:
        """Return the translation; None leaves the English."""
        return self._words.get((context, text))


def _read(file: Path) -> dict[tuple[str, str], str]:
    try:
        tree = ET.parse(file)  # noqa: S314 - not a stranger's file
    except (OSError, ET.ParseError) as error:
        _log.error("translation %s cannot be read: %s", file.name, error)
        return {}
    found = {}
    for context in tree.iter("context"):
        name = context.findtext("name", "")
        for message in context.iter("message"):
            translation = message.find("translation")
            if translation is not None and translation.get("type") is None and translation.text:
                found[name, message.findtext("source", "")] = translation.text
    return found


def languages(folder: Path) -> list[tuple[str, str]]:
    """Return (own name, code) of every language that the app speaks, English first."""
    codes = [SOURCE_LANGUAGE, *sorted(file.stem for file in folder.glob("*.ts"))]
    return [(_OWN_NAMES.get(code, code), code) for code in codes]


def chosen_language(setting: str, folder: Path) -> str:
    """Return the code of the language to speak: the setting, or the system's, or English."""
    wanted = [setting] if setting else [tag.partition("-")[0] for tag in QLocale.system().uiLanguages()]
    spoken = {code for _, code in languages(folder)}
    return next((code for code in wanted if code in spoken), SOURCE_LANGUAGE)
