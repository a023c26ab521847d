"""Plotly figures and their colours."""
