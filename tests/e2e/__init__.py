"""Tests that use the app in a real browser."""
