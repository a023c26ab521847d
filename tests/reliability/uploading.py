"""Readers who bring images, without a browser: what the browser would send over the app's websocket and its routes."""

from __future__ import annotations

import http.client
import re
import secrets
import threading
import time
from pathlib import Path
from types import TracebackType
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

_MOST_BYTES = 64 * 2**20


class Reader:
    """A session of the app on its page Search by image.

    Parameters
    ----------
    url : the app's address.
    collection : the name of the collection that is looked at.
    """

    def __init__(self, url: str, collection: str) -> None:
        self.url, self.collection = url, collection
        self._socket = connect(
            url.replace("http", "ws") + "/_stcore/stream",
            max_size=_MOST_BYTES,
            subprotocols=[Subprotocol("streamlit")],
            origin=Origin(url),
        )
        self.session, self.widget = "", ""
        self.words = self._visit()

    def bring(self, name: str, content: bytes) -> tuple[int, str]:
        """Upload a file and wait for the page: (status of the upload, everything that the page says)."""
        asked = BackMsg()
        asked.file_urls_request.request_id = secrets.token_hex(8)
        asked.file_urls_request.file_names.append(name)
        asked.file_urls_request.session_id = self.session
        self._socket.send(asked.SerializeToString())
        while True:
            answer = self._receive()
            if answer.WhichOneof("type") == "file_urls_response":
                urls = answer.file_urls_response.file_urls[0]
                break
        status = put(self.url, urls.upload_url, name, content)
        if status != 204:
            return status, ""
        self.words = self._visit((urls.file_id, name, len(content), urls))
        return status, self.words

    def _visit(self, file: tuple | None = None) -> str:
        question = BackMsg()
        question.rerun_script.query_string = urlencode({"collection": self.collection})
        question.rerun_script.page_name = "search"
        if file is not None:
            state = question.rerun_script.widget_states.widgets.add()
            state.id = self.widget
            info = state.file_uploader_state_value.uploaded_file_info.add()
            info.file_id, info.name, info.size = file[:3]
            info.file_urls.CopyFrom(file[3])
        self._socket.send(question.SerializeToString())
        words = ""
        while True:
            answer = self._receive()
            kind = answer.WhichOneof("type")
            if kind == "new_session":
                self.session = answer.new_session.initialize.session_id
            if kind == "delta":
                element = answer.delta.new_element
                if element.WhichOneof("type") == "file_uploader":
                    self.widget = element.file_uploader.id
                words += str(element)
            if kind == "script_finished":
                status = ForwardMsg.ScriptFinishedStatus.Name(answer.script_finished)
                if status == "FINISHED_SUCCESSFULLY":
                    return words
                if "RERUN" not in status:
                    raise AssertionError(status)

    def _receive(self) -> ForwardMsg:
        answer = ForwardMsg()
        answer.ParseFromString(self._socket.recv(timeout=240, decode=False))
        return answer

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, _: type | None, __: BaseException | None, ___: TracebackType | None) -> None:
        self._socket.close()


def put(url: str, path: str, name: str, content: bytes) -> int:
    """Send a file as Streamlit's page does; return the status."""
    parts = urlsplit(url)
    token = xsrf(url)
    boundary = secrets.token_hex(8)
    body = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    ).encode()
    body += content + f"\r\n--{boundary}--\r\n".encode()
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=240)
    connection.request(
        "PUT",
        path if path.startswith("/") else f"/{path}",
        body,
        {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Origin": url,
            "Cookie": f"_streamlit_xsrf={token}",
            "X-Xsrftoken": token,
        },
    )
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def xsrf(url: str) -> str:
    """The token that the app gives to a page of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    connection.request("GET", "/_stcore/health")
    cookies = connection.getresponse().getheader("Set-Cookie") or ""
    found = re.search(r"_streamlit_xsrf=([^;]+)", cookies)
    connection.close()
    return found[1] if found else ""


def memory(process: int) -> int:
    """Bytes of memory that a process and its children have taken: what is theirs and in no file on the disk.

    Shared libraries do not count: how much of them falls to one process depends on what else runs on the machine.
    """
    total, waiting = 0, [(process, b"")]
    while waiting:
        pid, parents = waiting.pop()
        try:
            command = Path(f"/proc/{pid}/cmdline").read_bytes()
            if command == parents:
                continue  # between fork and exec: it has nothing of its own yet
            status = Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace")
            taken = re.findall(r"^(?:RssAnon|RssShmem):\s+(\d+)", status, re.MULTILINE)
            total += sum(int(one) for one in taken) * 1024
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting += [(int(one), command) for one in (task / "children").read_text().split()]
        except OSError:
            continue  # it ended meanwhile
    return total


class Peak:
    """Watches the memory of a process and its children while its block runs."""

    def __init__(self, process: int) -> None:
        self.process, self.bytes = process, 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._done.is_set():
            self.bytes = max(self.bytes, memory(self.process))
            time.sleep(0.01)

    def __enter__(self) -> Peak:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
