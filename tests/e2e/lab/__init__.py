"""What the jobs share: devices and their faults, the app, readers, a browser, a person of known outline."""
