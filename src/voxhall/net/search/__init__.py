"""Search on other servers: one module for each, in its own words.

They live here and not among the engines because they compute nothing: all they do is wait for a network, which the
event loop does for hundreds at once and an engine process for one. They are the operator's own addresses, from the
configuration, and so pass no guard; what they find is somebody else's, and is fetched through it like any other URL.
"""
