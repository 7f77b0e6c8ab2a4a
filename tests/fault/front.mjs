// front: a very small web server before the FastCGI workers, in place of nginx: no limits, no buffers,
// and a cut answer of a killed worker is a 502, as nginx would say it. `tenant` is the configuration
// file that every request names; `route` picks the pool's socket for a path.
import http from 'node:http';
import net from 'node:net';

function record(type, body) {
  const head = Buffer.from([1, type, 0, 1, body.length >> 8, body.length & 255, 0, 0]);
  return Buffer.concat([head, body]);
}

function pair(name, value) {
  const size = (n) => (n < 128 ? Buffer.from([n]) : Buffer.from([(n >>> 24) | 128, (n >> 16) & 255, (n >> 8) & 255, n & 255]));
  const a = Buffer.from(name);
  const b = Buffer.from(String(value));
  return Buffer.concat([size(a.length), size(b.length), a, b]);
}

// One request to a FastCGI socket: the raw answer (head and body), or an error when it was cut.
export function ask(socket, params, body = Buffer.alloc(0)) {
  return new Promise((resolve, reject) => {
    const connection = net.connect(socket);
    const out = [];
    let pending = Buffer.alloc(0);
    let ended = false;
    connection.on('connect', () => {
      const parts = [record(1, Buffer.from([0, 1, 0, 0, 0, 0, 0, 0]))];
      const list = Buffer.concat(Object.entries(params).map(([k, v]) => pair(k, v)));
      for (let i = 0; i < list.length; i += 32000) parts.push(record(4, list.subarray(i, i + 32000)));
      parts.push(record(4, Buffer.alloc(0)));
      for (let i = 0; i < body.length; i += 32000) parts.push(record(5, body.subarray(i, i + 32000)));
      parts.push(record(5, Buffer.alloc(0)));
      connection.write(Buffer.concat(parts));
    });
    connection.on('data', (data) => {
      pending = Buffer.concat([pending, data]);
      while (pending.length >= 8) {
        const bytes = pending.readUInt16BE(4);
        const whole = 8 + bytes + pending[6];
        if (pending.length < whole) break;
        if (pending[1] === 6) out.push(Buffer.from(pending.subarray(8, 8 + bytes)));
        if (pending[1] === 3) ended = true;
        pending = pending.subarray(whole);
      }
      if (ended) { connection.destroy(); resolve(Buffer.concat(out)); }
    });
    connection.on('error', reject);
    connection.on('close', () => (ended ? undefined : reject(new Error('the worker cut the answer'))));
    connection.setTimeout(70000, () => connection.destroy(new Error('the worker does not answer')));
  });
}

export function startFront({ tenant, route, port = 0 }) {
  const server = http.createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const [path, search = ''] = request.url.split(/\?(.*)/s);
    const params = {
      TACITE_TENANT: tenant, REQUEST_METHOD: request.method, REQUEST_URI: request.url, DOCUMENT_URI: path, SCRIPT_NAME: path,
      PATH_INFO: path, QUERY_STRING: search, CONTENT_TYPE: request.headers['content-type'] ?? '', CONTENT_LENGTH: body.length || '',
      SERVER_PROTOCOL: 'HTTP/1.1', GATEWAY_INTERFACE: 'CGI/1.1', REMOTE_ADDR: '127.0.0.1', REQUEST_SCHEME: 'https', HTTPS: 'on',
      SERVER_NAME: '127.0.0.1', SERVER_PORT: server.address().port,
    };
    for (const [name, value] of Object.entries(request.headers))
      if (!name.startsWith('content-')) params[`HTTP_${name.toUpperCase().replaceAll('-', '_')}`] = value;
    try {
      const answer = await ask(route(path), params, body);
      const cut = answer.indexOf('\r\n\r\n');
      const headers = answer.subarray(0, cut).toString('latin1').split('\r\n').map((line) => line.split(/:\s*(.*)/s));
      const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
      response.writeHead(parseInt(status, 10), headers.filter(([name]) => name.toLowerCase() !== 'status').flatMap(([n, v]) => [n, v]));
      response.end(answer.subarray(cut + 4));
    } catch (error) {
      response.writeHead(502, { 'Content-Type': 'text/plain' });
      response.end(`${error.message}\n`);
    }
  });
  return new Promise((resolve) => {
    server.listen(port, '127.0.0.1', () => resolve({ port: server.address().port, base: `http://127.0.0.1:${server.address().port}`,
      stop: () => new Promise((done) => { server.close(done); server.closeAllConnections(); }) }));
  });
}
