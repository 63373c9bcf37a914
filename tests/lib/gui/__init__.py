# SPDX-License-Identifier: GPL-3.0-or-later
"""The real window, used as a person uses it: AT-SPI finds and reads, xdotool moves the pointer and
presses keys, checks look at AT-SPI, at files and at servers' logs."""
