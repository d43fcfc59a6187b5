"""The metadata files of EMG-BIDS."""
