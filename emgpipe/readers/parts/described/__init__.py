"""What emgpipe writes into its own files beside the samples, and how it comes back."""
