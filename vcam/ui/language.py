"""Translations, read straight from the .ts files that translators edit: there is nothing to compile.

A new language, or new sentences in an old one, for Qt Linguist or any editor:
    pyside6-lupdate -extensions py vcam/ui/*.py -ts assets/i18n/xx.ts -no-obsolete -locations none
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree as ET

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator

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


class Speaker:
    """Lets Qt speak one language at a time: our sentences, Qt's own dialogs, and how numbers are written.

    Args:
        app: Qt's.
        folder: with our translations.
    """

    def __init__(self, app: QCoreApplication, folder: Path) -> None:
        self._app = app
        self._folder = folder
        self._translators: list[QTranslator] = []
        self.language = SOURCE_LANGUAGE

    def wanted(self, setting: str) -> str:
        """Return the code of the language that a setting means."""
        return chosen_language(setting, self._folder)

    def speak(self, setting: str) -> None:
        """Speak the language that a setting means, from now on; what is shown already must be built anew."""
        for translator in self._translators:
            self._app.removeTranslator(translator)
        self.language = self.wanted(setting)
        QLocale.setDefault(QLocale(self.language) if setting else QLocale.system())
        self._translators = list(self._found())
        for translator in self._translators:
            self._app.installTranslator(translator)

    def _found(self) -> Iterator[QTranslator]:
        file = self._folder / f"{self.language}.ts"
        if not file.exists():
            return
        qts = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if qts.load(QLocale(self.language), "qtbase", "_", folder):
            yield qts
        yield Translation(file)
