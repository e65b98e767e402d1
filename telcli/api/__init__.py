"""telcli from Python: the commands' twins, and what both they and the command line put to the pipeline."""
