"""From a raw extract to canonical columns: dictionary, mapping, cleaning."""
