"""What is found is what would be made, to the last bit; what differs in anything is not found."""

from __future__ import annotations

import shutil
from dataclasses import fields, replace

import numpy as np
import pytest

from emgpipe.chain import DEFAULT_CHAIN, ArtifactBlanking, Bandpass, ChainResult, DcOffset, Rectify, Rms, run_chain
from emgpipe.kept import Kept, chain_kept, looks_kept, numbers_kept
from emgpipe.kept.digests import Digests
from emgpipe.metrics import DEFAULT_METRICS, stretches_of
from emgpipe.model import Acquisition, Phase, Repetition, Signal, Trial
from emgpipe.quality import DEFAULT_CHECKS, ChannelView, TrialView
from emgpipe.store import KeptFile

RATE = 1000.0


@pytest.fixture
def samples():
    made = 1e-4 * np.random.default_rng(1).normal(size=8000)
    made[3000:3040] = np.nan
    made.flags.writeable = False
    return made


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "one.zip"


class TestArrays:
    def test_same_samples_have_the_same_name(self, samples):
        assert Digests().of(samples) == Digests().of(samples.copy())

    def test_other_samples_have_another(self, samples):
        other = samples.copy()
        other[17] = np.nextafter(other[17], 1)
        assert Digests().of(samples) != Digests().of(other)

    def test_a_result_has_the_name_it_is_given_and_its_pieces_theirs(self, samples):
        digests, made = Digests(), samples.copy()
        digests.name(made, "made")
        assert digests.of(made) == "made"
        assert digests.of(made[10:30]) == "made[10:20]"
        assert digests.of(made[10:31]) != digests.of(made[10:30]) != digests.of(made[11:31])

    def test_a_piece_with_steps_is_named_after_its_samples(self, samples):
        digests, made = Digests(), samples.copy()
        digests.name(made, "made")
        assert digests.of(made[::2]) == Digests().of(made[::2].copy())

    def test_an_array_in_the_place_of_one_that_is_gone_has_not_its_name(self):
        digests = Digests()
        for value in range(200):  # CPython gives the same address again
            array = np.full(4, float(value))
            assert digests.of(array) == Digests().of(array.copy())
            del array


CHAINS = {
    "default": DEFAULT_CHAIN,
    "blanking": (DcOffset(), Bandpass(low=20, high=450), ArtifactBlanking(), Rectify(), Rms(window=0.1)),
    "nothing but an envelope": (Rectify(), Rms(window=0.05)),
}


class TestSignals:
    @pytest.mark.parametrize("chain", CHAINS.values(), ids=CHAINS)
    def test_found_as_made(self, samples, path, chain):
        wanted = run_chain(chain, samples, RATE, muscle="m")
        for made in (1, 0):
            with KeptFile(path) as file:
                kept = Kept("1", None, file)
                got = chain_kept(kept, chain, samples, RATE, muscle="m")
            assert (kept.tally.filtered.made, kept.tally.filtered.all) == (made, 1)
            for name in (one.name for one in fields(ChainResult)):
                one, other = getattr(got, name), getattr(wanted, name)
                assert one.tobytes() == other.tobytes() if isinstance(one, np.ndarray) else one == other
            assert not got.envelope.flags.writeable
            assert not got.filtered.flags.writeable

    def test_not_found_if_anything_differs(self, samples, path):
        other = samples.copy()
        other[0] += 1e-9
        changed = (*DEFAULT_CHAIN[:-1], Rms(window=0.2))
        asked = [
            ("1", DEFAULT_CHAIN, other, RATE),
            ("1", changed, samples, RATE),
            ("1", DEFAULT_CHAIN, samples, RATE + 1),
            ("2", DEFAULT_CHAIN, samples, RATE),
        ]
        with KeptFile(path) as file:
            chain_kept(Kept("1", None, file), DEFAULT_CHAIN, samples, RATE)
        for version, chain, given, rate in asked:
            with KeptFile(shutil.copy(path, path.with_name("copy.zip"))) as file:
                kept = Kept(version, None, file)
                chain_kept(kept, chain, given, rate)
                assert kept.tally.filtered.made == 1

    def test_steps_of_other_muscles_do_not_count(self, samples, path):
        mine = (*DEFAULT_CHAIN[:-1], Rms(window=0.1))
        others = (DcOffset(muscles=("other",)), *mine)
        with KeptFile(path) as file:
            chain_kept(Kept("1", None, file), mine, samples, RATE, muscle="m")
        with KeptFile(path) as file:
            kept = Kept("1", None, file)
            chain_kept(kept, others, samples, RATE, muscle="m")
        assert kept.tally.filtered.made == 0


def signal_of(samples):
    result = run_chain(DEFAULT_CHAIN, samples, RATE)
    return Signal(
        "m", "M", "emg", "V", RATE, 0.5, samples, "m", "right", filtered=result.filtered, envelope=result.envelope
    )


REPETITIONS = (Repetition(1.0, 3.0, (Phase("concentric", 1.0, 2.0),)), Repetition(3.2, 5.0))


class TestNumbers:
    def ask(self, path, signal, repetitions=REPETITIONS, metrics=DEFAULT_METRICS):
        with KeptFile(path) as file:
            kept = Kept("1", file)
            numbers = numbers_kept(kept, metrics, [signal], stretches_of(repetitions))
        return numbers.tobytes(), kept.tally.measured.made

    def test_found_as_made(self, samples, path):
        first, made = self.ask(path, signal_of(samples))
        again, not_made = self.ask(path, replace(signal_of(samples), name="other", label="x", muscle="other"))
        assert (made, not_made) == (1, 0)
        assert first == again

    def test_not_found_if_anything_differs(self, samples, path):
        signal = signal_of(samples)
        self.ask(path, signal)
        assert self.ask(path, replace(signal, start=0.6))[1] == 1
        assert self.ask(path, replace(signal, envelope=signal.envelope * 2))[1] == 1
        assert self.ask(path, signal, REPETITIONS[:1])[1] == 1
        assert self.ask(path, signal, metrics=DEFAULT_METRICS[1:])[1] == 1


class TestFindings:
    def view(self, samples, **changed):
        trial = Trial("P01.t", "P01", "1", "task", (), factors={"exercise": "squat"})
        known = {"label": "M", "muscle": "m", "role": "task", "acquisition": Acquisition(mains_frequency=50.0)}
        channel = ChannelView(raw=samples, sampling_rate=RATE, **(known | changed))
        return TrialView((channel,), trial, REPETITIONS, 0.0, 8.0)

    def ask(self, path, view, checks=DEFAULT_CHECKS):
        with KeptFile(path) as file:
            kept = Kept("1", file)
            found = looks_kept(kept, checks)(view)
        return found, kept.tally.checked.made

    def test_found_as_made(self, samples, path):
        clipped = np.clip(samples, -1e-4, 1e-4)
        first, made = self.ask(path, self.view(clipped))
        again, not_made = self.ask(path, self.view(clipped))
        assert (made, not_made) == (1, 0)
        assert first == again
        assert first

    @pytest.mark.parametrize(
        "changed", [{"role": "mvic"}, {"unit": "mV"}, {"acquisition": Acquisition()}, {"start": 1.0}, {"label": "N"}]
    )
    def test_not_found_if_anything_differs(self, samples, path, changed):
        self.ask(path, self.view(samples))
        assert self.ask(path, self.view(samples, **changed))[1] == 1

    def test_not_found_for_other_thresholds(self, samples, path):
        self.ask(path, self.view(samples))
        other = tuple(one.model_copy(update={"use": False}) if one.name == "mains" else one for one in DEFAULT_CHECKS)
        kept_all = tuple(one.model_copy(update={"on_fail": "exclude"}) for one in DEFAULT_CHECKS)
        assert self.ask(path, self.view(samples), other)[1] == 1
        assert self.ask(path, self.view(samples), DEFAULT_CHECKS)[1] == 1, "the other one has taken its place"
        assert self.ask(path, self.view(samples), kept_all)[1] == 0, "what becomes of a finding is no threshold"


class TestFile:
    def test_after_an_error_it_stays_as_it_was(self, path):
        with KeptFile(path) as file:
            file.put("a", (b"1",))
        with pytest.raises(KeyError), KeptFile(path) as file:
            file.put("b", (b"2",))
            raise KeyError
        assert [one.name for one in path.parent.iterdir()] == ["one.zip"]
        with KeptFile(path) as file:
            assert (file.find("a"), file.find("b")) == (b"1", None)

    def test_a_full_disk_is_no_fault(self, path, monkeypatch):
        with KeptFile(path) as file:
            file.put("a", (b"1",))

        def full(*_, **__):
            raise OSError(28, "No space left on device")

        with KeptFile(path) as file, monkeypatch.context() as patch:
            patch.setattr("zipfile._ZipWriteFile.write", full)
            file.put("b", (b"2",))
        assert [one.name for one in path.parent.iterdir()] == ["one.zip"]
        with KeptFile(path) as file:
            assert file.find("a") == b"1"

    def test_nothing_is_unpacked(self, path):
        """An archive from elsewhere that holds a bomb is not taken for ours."""
        import zipfile

        path.parent.mkdir()
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("a", b"0" * 1000)
        with KeptFile(path) as file:
            assert file.find("a") is None
