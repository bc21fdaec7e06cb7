"""The world outside, one file per thing: cameras, files, networks, devices."""
