// Where the server is, said to Streamlit before it starts. It would look for it beside the page first, as in
// /map/_stcore/health, and wait a tenth of a second before it asks at the right place.
// The app's document loads this before anything of Streamlit's (services/first_page.py), from beside the first page.

if (typeof window !== "undefined") {
  window.__streamlit = { BACKEND_BASE_URL: new URL(".", import.meta.url).href, ...window.__streamlit };
}
