"""What a chain makes of a channel, made once for the same samples, rate and steps."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from emgpipe.chain import ChainResult, run_chain, steps_for
from emgpipe.kept.digests import bytes_of
from emgpipe.model import Removed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from emgpipe.chain import Step
    from emgpipe.kept.store import Kept

_ARRAYS: Final = ("filtered", "envelope")


def chain_kept(
    kept: Kept,
    chain: Sequence[Step],
    samples: NDArray[np.float64],
    sampling_rate: float,
    *,
    muscle: str = "",
    label: str = "",
) -> ChainResult:
    """Do what `emgpipe.chain.run_chain` does, or find what it did before; the signals are read-only."""
    if not kept.is_used("filtered"):
        kept.count("filtered", made=True)
        return run_chain(chain, samples, sampling_rate, muscle=muscle, label=label)
    steps = [step.model_dump(mode="json", exclude={"muscles"}) for step in steps_for(chain, muscle)]
    key = kept.key("filtered", [kept.arrays.of(samples), sampling_rate, steps])
    found = kept.find("filtered", key)
    result = None if found is None else _unpacked(found, samples.size)
    kept.count("filtered", made=result is None)
    if result is None:
        result = _owned(run_chain(chain, samples, sampling_rate, muscle=muscle, label=label))
        kept.put("filtered", key, *_packed(result))
    for name in _ARRAYS:
        kept.arrays.name(getattr(result, name), f"{key}/{name}")
    return result


def _owned(result: ChainResult) -> ChainResult:
    """Return the result with arrays that are no views of others, so that pieces of them can be told by their place."""
    filtered, envelope = _own(result.filtered), _own(result.envelope)
    return replace(result, filtered=filtered, envelope=envelope)


def _own(array: NDArray[np.float64]) -> NDArray[np.float64]:
    owned = np.array(array, dtype=np.float64, order="C", copy=None if array.base is None else True)
    owned.flags.writeable = False
    return owned


def _packed(result: ChainResult) -> tuple[memoryview, memoryview, bytes]:
    said = {name: value for name, value in _fields(result).items() if name not in _ARRAYS}
    return bytes_of(result.filtered), bytes_of(result.envelope), json.dumps(said).encode()


def _fields(result: ChainResult) -> dict[str, Any]:
    names = ChainResult.__dataclass_fields__
    return {name: getattr(result, name) for name in names} | {"removed": [asdict(one) for one in result.removed]}


def _unpacked(content: bytes, size: int) -> ChainResult | None:
    if len(content) < 16 * size:
        return None
    filtered, envelope = (np.frombuffer(content, "<f8", size, offset) for offset in (0, 8 * size))
    said = json.loads(content[16 * size :])
    said["history"] = tuple(said["history"])
    said["removed"] = tuple(Removed(**one) for one in said["removed"])
    return ChainResult(filtered, envelope, **said)
