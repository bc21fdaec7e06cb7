"""Virtual Cam: the virtual webcam that people leave on all day."""

__version__ = "0.1.0"
