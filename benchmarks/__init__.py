"""What Tokendeck costs: bytes, time, CPU and memory, beside a bare Textual program.

See `results.md`.
"""
