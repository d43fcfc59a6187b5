"""The commands of the command line, one file each: `add` declares the arguments, the rest is imported when it runs."""
