"""What the comparisons share: the machine they ran on, the judge of every answer, the peers."""
