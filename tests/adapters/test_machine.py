"""Facts about the machine, read from made-up systems."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

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


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc has heaps for each thread")
def test_threads_that_come_and_go_share_one_heap():
    code = (
        "import ctypes, sys, threading\n"
        "from vcam.adapters.machine import keep_memory_together\n"
        "assert keep_memory_together()\n"
        "malloc = ctypes.CDLL(None).malloc\n"
        "malloc.restype = ctypes.c_size_t\n"
        "at = []\n"
        "for _ in range(5):\n"
        "    thread = threading.Thread(target=lambda: at.append(malloc(100)))\n"
        "    thread.start()\n"
        "    thread.join()\n"
        "heap = next(line for line in open('/proc/self/maps') if '[heap]' in line).split()[0]\n"
        "first, last = (int(end, 16) for end in heap.split('-'))\n"
        "assert all(first <= one < last for one in at), (heap, at)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
