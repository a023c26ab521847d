"""One file a page. Streamlit runs it as a script when the page is opened; no page imports another."""
