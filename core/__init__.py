"""The engine of Twinsight: finds the copies of a picture and proves it. Imports neither Qt nor app."""
