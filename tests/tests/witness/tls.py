"""Ends TLS before a plain server: tls.py CERTIFICATE KEY PORT. Prints the port that it listens at."""

import socket
import ssl
import sys
import threading

certificate, key, plain = sys.argv[1], sys.argv[2], int(sys.argv[3])
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)


def copy(source, sink):
    try:
        while part := source.recv(65536):
            sink.sendall(part)
    except OSError:
        pass
    for end in (source, sink):
        try:
            end.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def take(connection):
    try:
        outer = context.wrap_socket(connection, server_side=True)
        inner = socket.create_connection(("127.0.0.1", plain))
    except OSError:
        connection.close()
        return
    threading.Thread(target=copy, args=(outer, inner), daemon=True).start()
    copy(inner, outer)


while True:
    threading.Thread(target=take, args=(listener.accept()[0],), daemon=True).start()
