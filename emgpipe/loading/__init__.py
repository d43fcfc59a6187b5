"""From a trial's files to its signals: which channel is which muscle, one clock, filtered, and the time that counts.

trial             one trial, whole: `load_trial`
session_reader    the files of a session, each read once; channels, each filtered once
mapping           the study's channels -> those of the recordings; what is missing; what was derived
channel_map       which labels a trial's channels go by
channel_checks    what is wrong with a channel as it was recorded
signals           samples -> filtered signals, or why not
span              the time that counts, and whether the signals can be used inside it
long_recordings   pieces of recordings that are too long to be filtered whole
recorded          what recordings say about how they were made
"""
