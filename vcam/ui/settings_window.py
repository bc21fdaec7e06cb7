"""The settings window: every change applies at once, so there is only Close."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal, Slot
from PySide6.QtGui import QIcon, QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QStyle,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from vcam.core.controls import CameraInfo, Controls
from vcam.core.frame import Size
from vcam.core.settings import Codec, Quality
from vcam.ui import words
from vcam.ui.widgets import faint, height_needed, set_tip

SIZES = (Size(640, 360), Size(640, 480), Size(960, 540), Size(1280, 720), Size(1920, 1080))
RATES = (10, 15, 20, 24, 25, 30, 60)


class SettingsWindow(QDialog):
    """Two pages: what people choose, and what they rarely need to."""

    changed = Signal()

    def __init__(
        self,
        controls: Controls,
        list_cameras: Callable[[], list[CameraInfo]],
        languages: Sequence[tuple[str, str]],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._controls = controls
        self._list_cameras = list_cameras
        self.choices: dict[str, QComboBox] = {}
        self.checks: dict[str, QCheckBox] = {}
        self.setWindowTitle(self.tr("Settings"))
        self.pages = QTabWidget(self)  # before the fields: Tab follows the order in which widgets are made
        self._build_fields(languages)
        self.pages.addTab(self._general_page(), self.tr("General"))
        self.pages.addTab(self._advanced_page(), self.tr("Advanced"))
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setText(self.tr("Close"))
        close.setIcon(QIcon())
        close.setAutoDefault(False)  # Enter in a field means the field
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.addWidget(self.pages)
        layout.addWidget(buttons)

    def _build_fields(self, languages: Sequence[tuple[str, str]]) -> None:
        self._choice("camera", [])
        self._choice("size", [(str(size), size) for size in SIZES])
        rates = [(words.fill(self.tr("%1 per second"), rate), rate) for rate in RATES]
        self._choice("fps", rates)
        self._choice("quality", [(words.quality_name(kind), kind) for kind in Quality])
        self._choice("language", [(self.tr("As the system"), ""), *languages])
        self._choice("codec", [(words.codec_name(codec), codec) for codec in Codec])
        self._check("on_demand", self.tr("Turn the camera on only while an app uses it"))
        self._check("mirror_preview", self.tr("Show my preview as a mirror"))
        self._check("light_wrap", self.tr("Let the background's light fall on my edges"))
        self._check("start_on_launch", self.tr("Turn on when Virtual Cam opens"))
        self._check("autostart", self.tr("Open Virtual Cam at login"))
        self.quality_hint = self._hint("")
        self.cpu_budget = QSpinBox(self, minimum=0, maximum=400, singleStep=5)
        self.cpu_budget.setKeyboardTracking(False)
        self.cpu_budget.setSpecialValueText(self.tr("No limit"))
        self.cpu_budget.setSuffix(self.tr(" % of one core"))
        self.cpu_budget.valueChanged.connect(lambda value: self._set("cpu_budget", value))
        self.model = QLineEdit(self, placeholderText=self.tr("By quality"), clearButtonEnabled=True)
        self.model.editingFinished.connect(lambda: self._set("model", self.model.text().strip()))

    def _choice(self, name: str, entries: Sequence[tuple[str, object]]) -> None:
        box = QComboBox(self)
        for text, value in entries:
            box.addItem(text, value)
        box.activated.connect(lambda index: self._set(name, box.itemData(index)))
        self.choices[name] = box

    def _check(self, name: str, text: str) -> None:
        box = QCheckBox(text, self)
        box.clicked.connect(lambda checked: self._set(name, checked))
        self.checks[name] = box

    def _general_page(self) -> QWidget:
        page, form = self._page()
        form.addRow(self.tr("Camera"), self.choices["camera"])
        form.addRow(self.tr("Picture size"), self.choices["size"])
        form.addRow(self.tr("Frames"), self.choices["fps"])
        form.addRow(self.tr("Quality"), self.choices["quality"])
        form.addRow("", self.quality_hint)
        form.addRow(self.tr("Language"), self.choices["language"])
        self._gap(form)
        form.addRow(self.checks["on_demand"])
        form.addRow(self._under_check(self.tr("Its light is off while nobody looks.")))
        form.addRow(self.checks["mirror_preview"])
        form.addRow(self._under_check(self.tr("Others never see you mirrored.")))
        form.addRow(self.checks["light_wrap"])
        self._gap(form)
        form.addRow(self.checks["start_on_launch"])
        form.addRow(self.checks["autostart"])
        return page

    def _advanced_page(self) -> QWidget:
        page, form = self._page()
        form.addRow(self.tr("Camera sends"), self.choices["codec"])
        form.addRow(self.tr("Processor use"), self.cpu_budget)
        about_budget = self.tr(
            "What your picture may take, without decoding the camera's. Above this, your outline is updated "
            "less often, then a simpler one is used, and at last half the frames."
        )
        form.addRow("", self._hint(about_budget))
        form.addRow(self.tr("Model"), self.model)
        form.addRow(
            "", self._hint(self.tr("The name of a model in place of the quality. Leave it empty if unsure."))
        )
        return page

    def _page(self) -> tuple[QWidget, QFormLayout]:
        page = QWidget(self)
        form = QFormLayout(page)
        em = self.fontMetrics().height()
        form.setContentsMargins(em, em, em, em)
        form.setHorizontalSpacing(em)
        form.setVerticalSpacing(em // 2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        return page, form

    def _gap(self, form: QFormLayout) -> None:
        gap = QWidget(self)
        gap.setFixedHeight(self.fontMetrics().height() // 4)
        form.addRow(gap)

    def _hint(self, text: str) -> QLabel:
        label = QLabel(text, self, wordWrap=True)
        self._soften(label)
        return label

    def _under_check(self, text: str) -> QLabel:
        label = self._hint(text)
        style = self.style()
        box = style.pixelMetric(QStyle.PixelMetric.PM_IndicatorWidth)
        gap = style.pixelMetric(QStyle.PixelMetric.PM_CheckBoxLabelSpacing)
        label.setIndent(box + gap)
        return label

    def _soften(self, label: QLabel) -> None:
        palette = label.palette()
        palette.setColor(label.foregroundRole(), faint(self.palette()))
        label.setPalette(palette)

    def _set(self, name: str, value: Any) -> None:
        settings = self._controls.settings()
        if getattr(settings, name) != value:
            self._controls.change(replace(settings, **{name: value}))
            self.refresh()
            self.changed.emit()

    @Slot()
    def refresh(self) -> None:
        """Show the settings in force."""
        settings = self._controls.settings()
        for name, choice in self.choices.items():
            _select(choice, getattr(settings, name))
        set_tip(self.choices["camera"], self.choices["camera"].currentText())  # names are often cut off
        for name, check in self.checks.items():
            with QSignalBlocker(check):
                check.setChecked(getattr(settings, name))
        with QSignalBlocker(self.cpu_budget), QSignalBlocker(self.model):
            self.cpu_budget.setValue(settings.cpu_budget)
            self.model.setText(settings.model)
        self.choices["quality"].setEnabled(not settings.model)
        automatic = words.automatic_line(self._controls.status(), settings.fps)
        self.quality_hint.setText(words.quality_hint(settings.quality, automatic))

    def refresh_cameras(self) -> None:
        """Look which cameras there are now; the chosen one stays in the list while it is away."""
        chosen = self._controls.settings().camera
        entries = [
            (self.tr("Automatic"), ""),
            *((camera.name, camera.identity) for camera in self._list_cameras()),
        ]
        if all(identity != chosen for _, identity in entries):
            entries.append((words.fill(self.tr("%1 (not connected)"), chosen), chosen))
        with QSignalBlocker(self.choices["camera"]):
            self.choices["camera"].clear()
            for name, identity in entries:
                self.choices["camera"].addItem(name, identity)

    def showEvent(self, event: QShowEvent) -> None:
        """Be up to date whenever it opens."""
        self.refresh_cameras()
        self.refresh()
        super().showEvent(event)

    def event(self, event: QEvent) -> bool:
        """Be high enough for the words, which change."""
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self.setMinimumHeight(height_needed(self))
        return super().event(event)

    def focus_camera(self) -> None:
        """Lead the person to the list of cameras."""
        self.pages.setCurrentIndex(0)
        self.choices["camera"].setFocus(Qt.FocusReason.OtherFocusReason)


def _select(box: QComboBox, value: object) -> None:
    with QSignalBlocker(box):
        index = next((row for row in range(box.count()) if box.itemData(row) == value), -1)
        if index < 0:
            box.addItem(str(value), value)
            index = box.count() - 1
        box.setCurrentIndex(index)
