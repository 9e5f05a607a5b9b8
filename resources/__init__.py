"""Files that travel with Twinsight: icons, translations and models, read through importlib.resources."""
