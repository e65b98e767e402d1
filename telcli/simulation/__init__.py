"""An imaginary operator with planted truth, and the messy extracts its systems write."""
