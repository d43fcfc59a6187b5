"""What can be wrong with a channel, seen from its samples: nothing recorded, clipped, wrong unit, processed before."""

from emgpipe.quality.dead import check_samples
from emgpipe.quality.doubts import doubts
from emgpipe.quality.examine import examine

__all__ = ["check_samples", "doubts", "examine"]
