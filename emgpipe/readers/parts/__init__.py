"""What readers are made of, a folder per family; readers use these and not each other."""
