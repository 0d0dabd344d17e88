/** The port of Cassandra's native protocol. */
export const cassandraPort = 9042;

/**
 * A Python program's part that speaks Cassandra's native protocol, for the Python of its image: the driver in there belongs to
 * cqlsh, which has no output for programs, and which takes passwords as arguments or from files of its own.
 *
 * `Session(HOST, ROLE, PASSWORD).query(CQL)` gives rows of texts; what the server refuses is `Refused`, what it can't do
 * at the moment is `Unable`, one of these. Answers without an end are cut off after a minute.
 *
 * @see https://github.com/apache/cassandra/blob/trunk/doc/native_protocol_v4.spec
 */
export const cassandraSession = String.raw`
import json, os, re, secrets, socket, struct, sys, time

class Refused(Exception):
    pass

# What may go well the next time.
class Unable(Refused):
    pass

class Answer:
    def __init__(self, body):
        self.body, self.at = body, 0
    def number(self, form):
        size = struct.calcsize(form)
        self.at += size
        return struct.unpack(form, self.body[self.at - size:self.at])[0]
    def text(self, form=">H"):
        size = self.number(form)
        if size < 0:
            return None
        self.at += size
        return self.body[self.at - size:self.at].decode()

class Session:
    def __init__(self, host, role, password):
        self.socket = socket.create_connection((host, 9042), 60)
        opcode, _ = self.ask(1, b"\0\1\0\x0bCQL_VERSION\0\x053.0.0")
        if opcode == 3:
            self.ask(15, self.long(f"\0{role}\0{password}"))
    def long(self, text):
        return struct.pack(">i", len(text.encode())) + text.encode()
    def read(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise ConnectionError("the server ended the connection")
            data += more
        return data
    def ask(self, opcode, body):
        self.socket.sendall(struct.pack(">BBhBi", 4, 0, 0, opcode, len(body)) + body)
        _, flags, _, opcode, size = struct.unpack(">BBhBi", self.read(9))
        answer = Answer(self.read(size))
        if flags & 8:
            for _ in range(answer.number(">H")):
                answer.text()
        if opcode == 0:
            code = answer.number(">i")
            raise (Unable if code == 0 or 0x1000 <= code < 0x2000 else Refused)(answer.text())
        return opcode, answer
    def query(self, cql):
        _, answer = self.ask(7, self.long(cql) + b"\0\1\0")
        if answer.number(">i") != 2:
            return []
        flags, columns = answer.number(">i"), answer.number(">i")
        if flags & 1:
            answer.text(), answer.text()
        for _ in range(columns):
            if not flags & 1:
                answer.text(), answer.text()
            answer.text()
            if answer.number(">H") != 13:
                raise ValueError("only columns of texts are read: " + cql)
        return [[answer.text(">i") for _ in range(columns)] for _ in range(answer.number(">i"))]

def file(path):
    with open(path) as found:
        return found.read()
`.trim();

/** Runs a program's part after the session's; what goes wrong is a line without a stack. */
export const cassandraProgram = (body: string): string => `${cassandraSession}

def main():
${body
  .trim()
  .split('\n')
  .map((line) => (line === '' ? line : `    ${line}`))
  .join('\n')}

try:
    main()
except (Refused, OSError) as error:
    sys.exit(str(error) or type(error).__name__)`;
