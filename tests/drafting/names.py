"""Sets of file names as laboratories make them, with the rows a person would write for them."""

from __future__ import annotations

BHT, GMAX = "barbell_hip_thrust", "gluteus_maximus"

UNDERSCORES = {
    "P01_MVIC_gmax_1.c3d": {"participant": "P01", "role": "mvic", "target": GMAX, "trial": "1"},
    "P01_MVIC_gmax_2.c3d": {"participant": "P01", "role": "mvic", "target": GMAX, "trial": "2"},
    "P01_squat_neutral_1.c3d": {
        "participant": "P01", "role": "task", "exercise": "squat", "head_position": "neutral", "trial": "1",
    },
    "P02_MVIC_glute-max_prone-knee-90_1.c3d": {
        "participant": "P02", "role": "mvic", "target": GMAX, "position": "prone_knee_90", "trial": "1",
    },
    "P02_mvic_erector-spinae_back-extension-bench.c3d": {
        "participant": "P02", "role": "mvic", "target": "erector_spinae", "position": "back_extension_bench",
    },
    "P02_rest.csv": {"participant": "P02", "role": "rest"},
    "P02_calibration_1.csv": {"participant": "P02", "role": "calibration", "trial": "1"},
    "P02_RDL_60kg_2.csv": {
        "participant": "P02", "role": "task", "exercise": "romanian_deadlift", "load": "60", "trial": "2",
    },
}  # fmt: skip

SENTENCES_IN_FOLDERS = {
    "S3/Hip Thrust - slight flexion - set 2.csv": {
        "participant": "S3", "role": "task", "exercise": "hip_thrust", "head_position": "slight_flexion", "trial": "2",
    },
    "S3/rest.csv": {"participant": "S3", "role": "rest"},
    "S3/MVC gmax left.csv": {"participant": "S3", "role": "mvic", "target": GMAX, "working_side": "left"},
    "S4/Hip Thrust - neutral - set 1.csv": {
        "participant": "S4", "role": "task", "exercise": "hip_thrust", "head_position": "neutral", "trial": "1",
    },
}  # fmt: skip

BIDS = {
    "sub-01/emg/sub-01_task-squat_emg.edf": {"participant": "sub-01", "role": "task", "exercise": "squat"},
    "sub-02/ses-02/emg/sub-02_ses-02_task-squat_run-2_emg.edf": {
        "participant": "sub-02", "session": "02", "role": "task", "exercise": "squat", "trial": "2",
    },
}  # fmt: skip

DATES_AND_FIRST_NAMES = {
    "2024-03-05 Anna BHT neutral 3.txt": {
        "participant": "Anna", "role": "task", "exercise": BHT, "head_position": "neutral", "trial": "3",
    },
    "2024-03-05 Anna BHT hyperflexion 1.txt": {
        "participant": "Anna", "role": "task", "exercise": BHT, "head_position": "hyperflexion", "trial": "1",
    },
    "2024-03-06 Ben BHT neutral 1.txt": {
        "participant": "Ben", "role": "task", "exercise": BHT, "head_position": "neutral", "trial": "1",
    },
    "2024-03-06 Ben MVIC gmax.txt": {"participant": "Ben", "role": "mvic", "target": GMAX},
}  # fmt: skip

WORDS_FOR_PEOPLE = {
    "Subject 4/day 1/deadlift_1.csv": {
        "participant": "Subject 4", "session": "1", "role": "task", "exercise": "deadlift", "trial": "1",
    },
    "Subject 4/day 2/deadlift_1.csv": {
        "participant": "Subject 4", "session": "2", "role": "task", "exercise": "deadlift", "trial": "1",
    },
    "Subject 11/day 1/MVC/gmax_2.csv": {
        "participant": "Subject 11", "session": "1", "role": "mvic", "target": GMAX, "trial": "2",
    },
}  # fmt: skip

NUMBERS_IN_FRONT = {
    "01_squat_1.csv": {"participant": "01", "role": "task", "exercise": "squat", "trial": "1"},
    "01_squat_2.csv": {"participant": "01", "role": "task", "exercise": "squat", "trial": "2"},
    "02_squat_1.csv": {"participant": "02", "role": "task", "exercise": "squat", "trial": "1"},
}

CODES_IN_LONGER_WORDS = {
    "VP07_BackSquat_3.csv": {"participant": "VP07", "role": "task", "exercise": "back_squat", "trial": "3"},
    "VP08_KniebeugeX_3.csv": {"participant": "VP08", "trial": "3"},
    "vp07_MVC_rechts_gluteus maximus.csv": {
        "participant": "VP07", "role": "mvic", "target": GMAX, "working_side": "right",
    },
    "VP07_P2_rest.csv": {"participant": "VP07", "role": "rest"},
}  # fmt: skip

NOBODY = {
    "squat1.csv": {"participant": "P01", "role": "task", "exercise": "squat", "trial": "1"},
    "squat2.csv": {"participant": "P01", "role": "task", "exercise": "squat", "trial": "2"},
}

SETS = {name: value for name, value in globals().items() if name.isupper() and isinstance(value, dict)}
