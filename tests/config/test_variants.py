"""What a variant says, and what it leaves as it is."""

from __future__ import annotations

import pytest

from emgpipe.config import load_study, phases_asked
from emgpipe.errors import ConfigError

CHAIN = """\
chain:
  - {kind: dc_offset}
  - {kind: highpass, low: 30, order: 4, muscles: [gluteus_maximus_upper]}
  - {kind: bandpass, low: 20, high: 400, order: 4}
  - {kind: rectify}
  - {kind: rms, window: 0.1}
"""


def chain_of(write, good, variant):
    study = load_study(write(good + CHAIN + f"variants: [{variant}]\n"))
    return study, study.variants[0].chain


def test_a_replaced_step_keeps_what_is_not_stated(write, good):
    study, chain = chain_of(write, good, "{name: a, replace: [{kind: bandpass, low: 10}, {kind: rms, window: 0.25}]}")
    assert [step.kind for step in chain] == [step.kind for step in study.chain]
    assert (chain[2].low, chain[2].high, chain[2].order) == (10, 400, 4)
    assert chain[4].window == 0.25
    assert chain[:2] == study.chain[:2]
    assert study.variants[0].replace == ()  # the settings that are stored say the whole chain


@pytest.mark.parametrize("muscles", ["", ", muscles: [Gluteus maximus upper]"])
def test_a_step_limited_to_muscles_stays_limited(write, good, muscles):
    _, chain = chain_of(write, good, f"{{name: a, replace: [{{kind: highpass, low: 60{muscles}}}]}}")
    assert (chain[1].low, chain[1].order, chain[1].muscles) == (60, 4, ("gluteus_maximus_upper",))


def test_names_in_a_whole_chain_are_looked_up(write, good):
    _, chain = chain_of(
        write, good, "{name: a, chain: [{kind: highpass, muscles: [upper gluteus maximus]}, {kind: rms}]}"
    )
    assert chain is not None
    assert chain[0].muscles == ("gluteus_maximus_upper",)


def test_phases_are_those_of_comparisons_that_look_at_variants():
    comparisons = [
        {"kind": "ranking", "phase": "hold", "sensitivity": None},
        {"kind": "paired", "phase": "eccentric"},
    ]
    assert phases_asked(comparisons) == {"repetition", "hold"}


@pytest.mark.parametrize(
    ("variant", "words"),
    [
        ("{name: peak, drop_repetitions: both}", "the name 'peak' is that of a metric"),
        ("{name: a, replace: [{kind: rms}]}", "variant 'a' says what the study says anyway"),
        ("{name: a, replace: [{kind: bandpass, high: 400}]}", "variant 'a' says what the study says anyway"),
        ("{name: a, normalization: {kind: mvic}}", "variant 'a' says what the study says anyway"),
        ("{name: a, chain: []}", "needs at least 1 in the list, but an empty list is given"),
        ("{name: a, drop_repetitions: both}, {name: A, drop_repetitions: last}", "'A' is already used by entry 1"),
    ],
)
def test_a_variant_that_would_mislead_is_refused(write, good, variant, words):
    with pytest.raises(ConfigError, match=words):
        chain_of(write, good, variant)
