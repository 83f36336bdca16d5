# The same application as server.mjs, of Python's standard library alone.
import base64
import hashlib
import http.server
import json
import os
import select
import signal
import socket
import struct
import threading
import time
import urllib.parse

VERSION = os.environ.get('VERSION') or open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'VERSION')).read().strip()
SLOT = os.environ.get('BELAY_SLOT', '')
IDLE_SECONDS = float(os.environ.get('IDLE_MS', '1000')) / 1000
LAME_SECONDS = float(os.environ.get('LAME_MS', '0')) / 1000
SLOW_MS_MAX = 60_000
POLL_SECONDS = 0.1
draining = threading.Event()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    disable_nagle_algorithm = True
    # One write per answer.
    wbufsize = -1

    def handle_one_request(self):
        if self.asked():
            super().handle_one_request()
        else:
            self.close_connection = True

    # Not ended at once when it is told to end: a request may be on its way.
    def asked(self):
        ends_at = None
        while True:
            if select.select([self.connection], [], [], POLL_SECONDS)[0]:
                return True
            if draining.is_set():
                ends_at = ends_at or time.monotonic() + IDLE_SECONDS
                # What came meanwhile is read first, however long this process stood still.
                if time.monotonic() >= ends_at and not select.select([self.connection], [], [], 0)[0]:
                    return False

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        if self.headers.get('Upgrade', '').lower() == 'websocket':
            self.echo()
            return
        if url.path == '/slow':
            asked = float(urllib.parse.parse_qs(url.query).get('ms', ['3000'])[0])
            time.sleep(min(asked, SLOW_MS_MAX) / 1000)
        body = json.dumps({'version': VERSION, 'slot': SLOT, 'pid': os.getpid()}).encode()
        self.send_response(503 if url.path == '/health' and draining.is_set() else 200)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.send_header('X-Version', VERSION)
        self.send_header('X-Slot', SLOT)
        if draining.is_set():
            # http.server takes the hint, too: the connection ends after this answer.
            self.send_header('Connection', 'close')
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def echo(self):
        key = self.headers.get('Sec-WebSocket-Key', '') + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'
        self.send_response(101)
        self.send_header('Upgrade', 'websocket')
        self.send_header('Connection', 'Upgrade')
        self.send_header('Sec-WebSocket-Accept', base64.b64encode(hashlib.sha1(key.encode()).digest()).decode())
        self.send_header('X-Version', VERSION)
        self.end_headers()
        self.wfile.flush()
        self.close_connection = True
        while True:
            head = self.rfile.read(2)
            if len(head) < 2:
                return
            length = head[1] & 0x7F
            if length == 126:
                length = struct.unpack('>H', self.rfile.read(2))[0]
            mask = self.rfile.read(4)
            payload = bytes(byte ^ mask[at % 4] for at, byte in enumerate(self.rfile.read(length)))
            opcode = head[0] & 0x0F
            size = bytes([length]) if length < 126 else struct.pack('>BH', 126, length)
            self.wfile.write(bytes([0x80 | (10 if opcode == 9 else opcode)]) + size + payload)
            self.wfile.flush()
            if opcode == 8:
                return

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True
    request_queue_size = 511

    def handle_error(self, request, client_address):
        pass


def serve():
    passed = os.environ.get('LISTEN_PID') == str(os.getpid()) and int(os.environ.get('LISTEN_FDS', '0')) > 0
    time.sleep(float(os.environ.get('STARTUP_MS', '0')) / 1000)
    address = (os.environ.get('HOST', '127.0.0.1'), int(os.environ.get('PORT', '0')))
    server = Server(address, Handler, bind_and_activate=not passed)
    if passed:
        server.socket.close()
        server.socket = socket.socket(fileno=3)
        # Another one listens there, too: what was seen to arrive may be accepted by it.
        server.socket.setblocking(False)
    return server


def end(server):
    draining.set()
    time.sleep(LAME_SECONDS)
    # A thread of its own: the one that serves is the one that takes signals.
    server.shutdown()


def accept_rest(server):
    if os.environ.get('LISTEN_FDS'):
        return
    server.socket.setblocking(False)
    try:
        while True:
            request, client = server.socket.accept()
            request.setblocking(True)
            server.process_request(request, client)
    except OSError:
        pass


def notify_ready():
    path = os.environ.get('NOTIFY_SOCKET')
    if not path:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as notice:
        notice.connect('\0' + path[1:] if path.startswith('@') else path)
        notice.send(b'READY=1')


server = serve()
signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=end, args=[server]).start())
notify_ready()
server.serve_forever(poll_interval=0.05)
# Nobody is to find an open door behind which nobody is; what stands in line before it closes is answered.
accept_rest(server)
server.server_close()
