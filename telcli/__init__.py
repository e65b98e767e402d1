"""telcli: customer analytics for telecom operators, from the terminal."""

__version__ = "0.1.0"
