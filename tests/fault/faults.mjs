// faults: what a seed may do to the program from outside: a gateway that answers badly, webhooks that come
// late, twice and in another order, a database whose COMMIT fails. Between the program and the real ones.
import http from 'node:http';
import net from 'node:net';
import { rmSync } from 'node:fs';

// A small generator, so that a seed gives the same again.
export function random(seed) {
  let x = (seed * 2654435761 + 97) >>> 0 || 1;
  return (below) => {
    x ^= x << 13; x >>>= 0; x ^= x >>> 17; x ^= x << 5; x >>>= 0;
    return x % below;
  };
}

const listen = (server, at) => new Promise((resolve) => { server.listen(at, () => resolve(server)); });
const body = async (stream) => { const parts = []; for await (const part of stream) parts.push(part); return Buffer.concat(parts); };

// before: nothing arrived; after: done, but the answer is lost; the others as a gateway says them.
export const GATEWAY = ['before', 'after', 'error_before', 'error_after', 'in_use', 'too_many', 'cut', 'empty'];
const refusal = { error_before: 500, in_use: 409, too_many: 429 };

// In front of the gateway. plan(): the fault of this request, or null. waits: how many more faults may make the
// client pause and try again; the later ones tell it that trying again is no use, so that a run takes no minutes.
export class Gateway {
  async start(target) {
    this.plan = () => null;
    this.count = {};
    this.server = await listen(http.createServer((request, response) => this.#pass(target, request, response).catch(() => request.socket.destroy())),
      { host: '127.0.0.1', port: 0 });
    this.url = `http://127.0.0.1:${this.server.address().port}`;
    return this;
  }

  async #pass(target, request, response) {
    const sent = await body(request);
    let fault = this.plan();
    const pausing = fault === 'before' || fault === 'after';
    const waits = (pausing || fault in refusal) && this.waits > 0;
    if (waits) this.waits--;
    else if (pausing) fault = { before: 'error_before', after: 'error_after' }[fault];
    if (fault !== null) this.count[fault] = (this.count[fault] ?? 0) + 1;
    if (fault === 'before') { request.socket.destroy(); return; }
    if (fault in refusal) {
      const headers = { 'Content-Type': 'application/json', ...(waits ? {} : { 'Stripe-Should-Retry': 'false' }) };
      response.writeHead(refusal[fault], headers).end('{"error":{"type":"api_error","message":"not now"}}\n');
      return;
    }
    const answer = await fetch(target + request.url, { method: request.method, body: sent.length > 0 ? sent : undefined,
      headers: Object.fromEntries(['authorization', 'content-type', 'idempotency-key'].filter((name) => request.headers[name]).map((name) => [name, request.headers[name]])) });
    const text = Buffer.from(await answer.arrayBuffer());
    if (fault === 'after') { request.socket.destroy(); return; }
    const headers = { 'Content-Type': 'application/json' };
    if (fault === 'error_after') response.writeHead(500, { ...headers, 'Stripe-Should-Retry': 'false' }).end('{"error":{"type":"api_error"}}');
    else if (fault === 'cut') response.writeHead(answer.status, headers).end(text.subarray(0, Math.floor(text.length * 0.6)));
    else if (fault === 'empty') response.writeHead(answer.status, headers).end();
    else response.writeHead(answer.status, headers).end(text);
  }

  async stop() { this.server.closeAllConnections(); await new Promise((done) => { this.server.close(done); }); }
}

// Takes the gateway's webhooks and keeps them until it is told to bring them.
export class Webhooks {
  async start(target) {
    this.target = target;
    this.waiting = [];
    this.count = { brought: 0, refused: 0 };
    this.server = await listen(http.createServer(async (request, response) => {
      this.waiting.push({ signature: request.headers['stripe-signature'], text: await body(request) });
      response.writeHead(200).end('kept\n');
    }), { host: '127.0.0.1', port: 0 });
    this.url = `http://127.0.0.1:${this.server.address().port}/`;
    return this;
  }

  // In another order, some twice, some later (unless all). while: called once, with deliveries under way.
  async bring(next, { all = false, meanwhile = null } = {}) {
    const now = [];
    const later = [];
    for (const event of this.waiting.splice(0)) {
      const fate = all ? 0 : next(8);
      if (fate === 7) { later.push(event); continue; }
      now.push(event);
      if (fate === 6 || (all && next(8) === 0)) now.push(event);
      if (fate === 5) later.push(event); // again on another day
    }
    for (let i = now.length - 1; i > 0; i--) { const j = next(i + 1); [now[i], now[j]] = [now[j], now[i]]; }
    const bring = async (event) => {
      const answer = await fetch(this.target, { method: 'POST', body: event.text, headers: { 'content-type': 'application/json', 'stripe-signature': event.signature } })
        .catch(() => ({ ok: false }));
      this.count[answer.ok ? 'brought' : 'refused']++;
      if (!answer.ok) later.push(event);
      else await answer.arrayBuffer();
    };
    for (let i = 0; i < now.length; i += 2) {
      const pair = [...now.slice(i, i + 2).map(bring)];
      if (meanwhile !== null) { meanwhile(); meanwhile = null; }
      await Promise.all(pair);
    }
    this.waiting.push(...later);
  }

  async stop() { this.server.closeAllConnections(); await new Promise((done) => { this.server.close(done); }); }
}

export const COMMIT = [1213, 1205, 'lost before', 'lost after'];
const packet = (sequence, bytes) => Buffer.concat([Buffer.from([bytes.length, 0, 0, sequence]), bytes]);
const query = (text) => packet(0, Buffer.from(`\x03${text}`));
const committing = query('COMMIT');

// In front of the database's socket. plan(): the fault of this COMMIT, or null. meanwhile(): called when a COMMIT stands
// whose answer is lost, before anybody can ask again.
export class Database {
  async start(target, path) {
    rmSync(path, { force: true });
    this.plan = () => null;
    this.count = {};
    this.path = path;
    this.open = new Set();
    this.server = await listen(net.createServer((client) => {
      const server = net.connect(target);
      let answer = null; // what becomes of the next answer
      const close = () => { client.destroy(); server.destroy(); };
      this.open.add(client).add(server);
      for (const socket of [client, server]) { socket.on('error', close); socket.on('close', () => { this.open.delete(socket); close(); }); }
      client.on('data', (data) => {
        const fault = data.equals(committing) ? this.plan() : null;
        if (fault === null) { server.write(data); return; }
        this.count[fault] = (this.count[fault] ?? 0) + 1;
        if (fault === 'lost before') { close(); return; }
        if (fault === 'lost after') { answer = () => { this.meanwhile?.(); close(); }; server.write(data); return; }
        const text = fault === 1213 ? '#40001Deadlock found when trying to get lock; try restarting transaction' : '#HY000Lock wait timeout exceeded; try restarting transaction';
        answer = () => client.write(packet(1, Buffer.concat([Buffer.from([0xff, fault & 0xff, fault >> 8]), Buffer.from(text)])));
        server.write(query('ROLLBACK')); // what a database does by itself
      });
      server.on('data', (data) => {
        if (answer === null) { client.write(data); return; }
        const act = answer;
        answer = null;
        act();
      });
    }), { path });
    return this;
  }

  async stop() { for (const socket of this.open) socket.destroy(); await new Promise((done) => { this.server.close(done); }); }
}
