"""What one month of one customer looks like."""
