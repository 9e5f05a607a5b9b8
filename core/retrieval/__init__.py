"""Methods put together: a specification such as ``vlad+whiten+alpha-qe`` becomes a ranking of a library."""
