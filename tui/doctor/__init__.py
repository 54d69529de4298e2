"""What stands between here and Contentstack, checked one thing after the other.

The screen and the command both show these results; neither words nor verdicts live
elsewhere.
"""
