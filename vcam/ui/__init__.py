"""The Qt user interface: tray, panel, settings. Knows the core, never an adapter."""
