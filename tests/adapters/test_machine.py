"""Facts about the machine, read from made-up systems."""

from __future__ import annotations

from vcam.adapters.machine import read_context


def test_a_laptop_on_battery_with_vnni(tmp_path):
    for name, text in {
        "proc/cpuinfo": "processor: 0\nflags\t: fpu avx512_vnni sse\n",
        "proc/loadavg": "2.0 1.0 0.5 1/100 42\n",
        "sys/class/power_supply/AC/online": "0\n",
        "sys/class/power_supply/BAT0/status": "Discharging\n",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    context = read_context(tmp_path)
    assert context.vnni
    assert context.battery
    assert context.load == 2.0 / context.cores


def test_a_system_that_tells_nothing(tmp_path):
    context = read_context(tmp_path)
    assert (context.vnni, context.load, context.battery) == (False, 0.0, False)
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/loadavg").write_text("what?")
    assert read_context(tmp_path).load == 0.0
