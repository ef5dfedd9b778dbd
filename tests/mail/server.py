"""A server of mail, of a library that nobody here wrote: it says its port, then every message that it takes as a line of JSON.

usage: server.py PORT     PORT 0: any that is free
Nothing is taken for an address that begins with "refused".
"""
import asyncio
import email
import email.policy
import json
import socket
import sys

from aiosmtpd.controller import Controller


class Taking:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("refused"):
            return "550 5.1.1 there is nobody of that name"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        read = email.message_from_bytes(envelope.content, policy=email.policy.default)
        told = {"to": envelope.rcpt_tos, "from": str(read["from"]), "subject": str(read["subject"]),
                "id": str(read["message-id"] or ""), "date": str(read["date"] or ""), "text": read.get_content()}
        print(json.dumps(told), flush=True)
        return "250 taken"


port = int(sys.argv[1])
if port == 0:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
taking = Controller(Taking(), hostname="127.0.0.1", port=port)
taking.start()
print(json.dumps({"port": port}), flush=True)
asyncio.new_event_loop().run_forever()
