"""A service for `system=http`, with the standard library alone: replace `judge` by your own checker.

python docs/http/server.py 8400
veristance evaluate system=http system.url=http://127.0.0.1:8400/predict name=my_service
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def judge(question: dict) -> dict:
    """Supported or agreed with where most words of the claim stand in the evidence."""
    claim = set(question["claim"].lower().split())
    evidence = set(" ".join(passage["text"] for passage in question["evidence"]).lower().split())
    share = len(claim & evidence) / max(len(claim), 1)
    first, last = question["labels"][0], question["labels"][-1]
    return {
        "id": question["id"],
        "label": first if share > 0.6 else last,
        "rationale": f"{share:.0%} of the words are there",
    }


class Handler(BaseHTTPRequestHandler):
    """Answers every path."""

    def do_POST(self) -> None:
        """One prediction for each question."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        answer = json.dumps({"predictions": [judge(question) for question in body["questions"]]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
