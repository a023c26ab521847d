"""The screen: pages, what they share, what serves them, their components. Only here is Streamlit."""
