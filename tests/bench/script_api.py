# SPDX-License-Identifier: Apache-2.0
"""Answers what wrangler asks for one upload: the endpoints by script, which the local Versions API does
not have. It stores nothing."""

import http.server
import json
import threading

ANSWERS = {
    "settings": {"bindings": []},
    "services": {"id": "bench", "default_environment": {
        "environment": "production", "script": {"last_deployed_from": "wrangler"}}},
    "versions": {"id": "00000000-0000-4000-8000-000000000001", "startup_time_ms": 1,
                 "metadata": {"has_preview": False}},
}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        words = self.path.partition("?")[0].split("/")
        result = next((ANSWERS[word] for word in ANSWERS if word in words), None)
        body = json.dumps({"success": result is not None, "result": result, "messages": [],
                           "errors": [] if result else [{"code": 10007, "message": "not here"}]})
        self.send_response(200 if result else 404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    do_GET = do_POST = answer

    def log_message(self, *_):
        pass


def serve():
    """In a thread, until the process ends. Its address."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/client/v4"
