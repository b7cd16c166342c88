"""A server of a test's own, on a free port of this machine."""

import threading
from http.server import ThreadingHTTPServer


class Loopback:
    """Answers by `handler()` while the context lasts; `url` ends in `path`."""

    path = ""

    def handler(self):
        raise NotImplementedError

    def __enter__(self):
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self.handler())
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}{self.path}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
