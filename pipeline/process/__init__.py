"""What every long-running process needs: health, exit codes, children, stalls."""
