"""A model behind OpenAI's API on 127.0.0.1, whose answers depend on the words of the question alone.

Of a hundred questions it answers about ninety-one with a label as JSON, three in prose that holds none, two with a refusal and four
in a code fence. Letters are scored through `echo` with a log-probability for each byte.
"""

import hashlib
import json
from http.server import BaseHTTPRequestHandler

from loopback import Loopback

LABELS = {
    "veracity": ("supported", "refuted", "conflicting", "not_enough_evidence"),
    "stance": ("agree", "disagree", "discuss", "unrelated"),
}


def number(text):
    return int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:6], "big")


def answer(user):
    """The answer to a user message."""
    labels = LABELS["stance" if "<holder>" in user else "veracity"]
    draw = number(user)
    said = json.dumps({"label": labels[draw % 4]})
    kind = draw // 4 % 100
    if kind < 3:
        return "Well, that depends on how one reads it."
    if kind < 5:
        return "I'm sorry, but I can't help with that."
    return f"```json\n{said}\n```" if kind < 9 else said


def echoed(prompt):
    """A log-probability for each byte of the prompt and of one more: that of the last depends on all before it."""
    data = prompt.encode()
    return [None] + [-1.0] * (len(data) - 2) + [-(number(prompt) % 1000) / 100 - 0.01, -0.5]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.reply({"object": "list", "data": [{"id": "made-up", "object": "model"}]})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        about = {"id": "x", "created": 0, "model": body.get("model", "made-up"), "usage": usage}
        if self.path.endswith("/chat/completions"):
            said = answer(body["messages"][-1]["content"])
            choice = {"index": 0, "message": {"role": "assistant", "content": said}, "finish_reason": "stop"}
            return self.reply(about | {"object": "chat.completion", "choices": [choice]})
        prompts = body["prompt"] if isinstance(body["prompt"], list) else [body["prompt"]]
        choices = [self.choice(i, prompt) for i, prompt in enumerate(prompts)]
        return self.reply(about | {"object": "text_completion", "choices": choices})

    def choice(self, index, prompt):
        scores = echoed(prompt)
        told = {
            "token_logprobs": scores,
            "tokens": ["x"] * len(scores),
            "top_logprobs": [{"x": s or 0.0} for s in scores],
        }
        return {"index": index, "text": prompt, "logprobs": told, "finish_reason": "length"}

    def reply(self, value):
        data = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


class ModelServer(Loopback):
    path = "/v1"

    def handler(self):
        return Handler
