"""What OpenSignals files say about devices and sensors."""
