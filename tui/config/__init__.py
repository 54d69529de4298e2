"""The settings of a run.

They come from flags, variables and the configuration file. Credentials are read in
`tui.account`; what a run leaves behind is in `tui.state`.
"""
