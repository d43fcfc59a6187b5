"""Columns of the tidy tables, in order. Comparators, the report and the store read nothing else.

**metrics**: one row per number. Between ``role`` and ``repetition`` stand the factors (exercise, head_position and
every further column of the trials table).

========================  =============================================================================================
participant, session      who and when; text
trial                     the trial's id
role                      task, mvic, rest
repetition                1, 2, ...; 0 for a number about the whole trial
onset                     start of the repetition in seconds of the trial's clock; its lasting identity
phase                     ``repetition`` for the whole of it, else concentric, hold, eccentric, ...
kind                      emg, angle, ... ; ``time`` for durations
muscle                    the muscle, or the name of another channel; empty for durations
side, placement           left, right or empty; usually empty
metric                    mean, peak, p95, sustained_peak, integrated, time_to_peak, median_frequency, duration, ...
stage                     the stage of the signal it was read from
value, unit               the number in %MVIC (empty where there is no reference), degrees, s, ...
amplitude                 EMG only: the same number before normalization, in `amplitude_unit` (V, V.s)
reference                 id of the reference used, or empty
variant                   which variant of the settings made it; ``main`` unless a sensitivity analysis runs
findings                  ids of the findings that touch it, separated by spaces
worst                     the worst level among them: fail, warn, note, or empty
excluded                  True when a decision excludes it from comparisons
value_excluded            True when a decision excludes `value` only, because the reference it rests on cannot be
                          trusted; `amplitude`, which does not depend on the reference, is compared all the same
decisions                 ids of the decisions about it, separated by spaces
========================  =============================================================================================

**curves**: one row per repetition and channel; the columns ``0`` to ``100`` hold the curve at that percentage of the
repetition, in `unit`.

**findings**: one row per `Finding`, with its id.

**decisions**: one row per `Decision`, with its id, how many numbers of the main analysis it touches, and what it does
to them in words.
"""

from typing import Final

STANDARD_FACTORS: Final = ("exercise", "head_position", "load", "load_basis", "working_side", "order")
WHERE: Final = ("participant", "session", "trial", "role")
REPETITION: Final = ("repetition", "onset", "phase")
SIGNAL: Final = ("kind", "muscle", "side", "placement")
METRIC_COLUMNS: Final = (
    *REPETITION, *SIGNAL, "metric", "stage", "value", "unit", "amplitude", "amplitude_unit", "reference",
    "variant", "findings", "worst", "excluded", "value_excluded", "decisions",
)  # fmt: skip
"""After `WHERE` and the factors."""
CURVE_POINTS: Final = 101
CURVE_COLUMNS: Final = (*REPETITION, *SIGNAL, "stage", "unit", *(str(point) for point in range(CURVE_POINTS)))
FINDING_COLUMNS: Final = (
    "id", "level", "kind", "participant", "session", "trial", "channel", "muscle", "side", "placement", "onset",
    "start", "stop", "value", "unit", "stage", "reason", "remedy",
)  # fmt: skip
DECISION_COLUMNS: Final = (
    "id", "source", "action", "who", "when", "participant", "session", "trial", "muscle", "side", "placement", "onset",
    "finding", "value", "reason", "numbers", "trials", "effect",
)  # fmt: skip
MAIN_VARIANT: Final = "main"
"""The `variant` of the analysis itself, beside the variants of its settings."""
WHOLE_REPETITION: Final = "repetition"
"""The `phase` of a number about a whole repetition."""
