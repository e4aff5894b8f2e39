# A receiver of Tencent IM callbacks with Python's own library: TOKEN=… python3 receiver.py 3000
import hashlib, hmac, json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = os.environ["TOKEN"]

def is_genuine(query):
    at = query.get("RequestTime", "")
    sign = hashlib.sha256((TOKEN + at).encode()).hexdigest()
    return at.isdigit() and abs(time.time() - int(at)) < 60 and hmac.compare_digest(sign, query.get("Sign", ""))

def handle(command, body, id):
    if command == "Group.CallbackBeforeSendMsg" and "casino" in json.dumps(body["MsgBody"]):
        return {"ActionStatus": "OK", "ErrorInfo": "not here", "ErrorCode": 10100}
    # The same id may come again: remember it with what you do.
    print(command, id, body.get("GroupId", ""), flush=True)
    return {"ActionStatus": "OK", "ErrorInfo": "", "ErrorCode": 0}

class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        text = self.rfile.read(int(self.headers["Content-Length"]))
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        status, answer = 401, {"ActionStatus": "FAIL", "ErrorInfo": "Sign", "ErrorCode": 401}
        if is_genuine(query):
            status, answer = 200, handle(query["CallbackCommand"], json.loads(text), query["RequestID"])
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
