"""What people and cameras wrote into pictures, read and written without touching a pixel."""
