"""Angles counted from the participant's own neutral: the pose of a calibration trial becomes 0.

A sensor on the back of the head reads what its strap allows, and no two participants are built alike: an angle says
something between participants only as a difference from the pose each of them calls neutral (upright, gaze level).

Read `stillest` (the stretch of a calibration trial that counts), `neutral` (what a session's trials make of it),
`findings` (what is said about it).
"""

from emgpipe.zeroing.neutral import Neutral, Neutrals, Posed, Zeroing, find_neutrals, zeroed

__all__ = ["Neutral", "Neutrals", "Posed", "Zeroing", "find_neutrals", "zeroed"]
