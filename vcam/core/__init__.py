"""The pipeline and its words: numpy and the standard library only.

In the order a frame meets them: frame, ports, mailbox, capture, redundancy, pipeline; beside them status,
background, settings, errors.
"""
