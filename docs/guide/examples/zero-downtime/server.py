"""A Python server in a slot: it takes the socket that systemd holds, says when it is ready, and ends without losing anybody."""
import os
import signal
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

VERSION = (Path(__file__).parent / "VERSION").read_text().strip()


class Handler(BaseHTTPRequestHandler):
    # HTTP/1.0: one request for each connection, so that none waits on one that is about to end.
    def do_GET(self):
        if self.path == "/slow":
            time.sleep(3)
        self.send_response(200)
        self.send_header("X-Version", VERSION)
        self.end_headers()
        self.wfile.write(b"hello\n")

    def log_message(self, *args):
        pass


class Server(ThreadingHTTPServer):
    # The end of the process waits for the threads that still answer.
    daemon_threads = False
    request_queue_size = 4096


def notify(state):
    address = os.environ.get("NOTIFY_SOCKET")
    if address is None:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
        sender.sendto(state, "\0" + address[1:] if address[0] == "@" else address)


handed = int(os.environ.get("LISTEN_FDS", "0")) > 0
address = ("127.0.0.1", int(os.environ.get("PORT", "0")))
server = Server(address, Handler, bind_and_activate=not handed)
if handed:
    server.socket.close()
    server.socket = socket.socket(fileno=3)
    # Both slots wake up for a connection and one gets it: the other must not wait in accept, deaf to SIGTERM.
    server.socket.setblocking(False)

# shutdown waits for the loop, which this thread runs.
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
notify(b"READY=1")
server.serve_forever(poll_interval=0.05)
server.server_close()
