"""What each subcommand takes, one file each with one function ``add``; imports argparse and nothing else."""
