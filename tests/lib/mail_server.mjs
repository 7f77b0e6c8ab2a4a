// mail_server: an SMTP server that keeps what it is given, and misbehaves when told.
import { createServer } from 'node:net';

// answer(recipient, count): '' takes the mail; '4..'/'5..' refuses with that line; 'cut' hangs up in DATA;
// 'mute' takes it and hangs up before it says so.
export async function startMailServer(answer = () => '') {
  const mails = [];
  const state = { sender: '250 ok' }; // what is said to every MAIL FROM
  let count = 0;
  const sockets = new Set();
  const server = createServer((socket) => {
    let text = '';
    let data = null;
    let to = '';
    const say = (line) => socket.write(`${line}\r\n`);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
    socket.setEncoding('latin1');
    say('220 test');
    socket.on('data', (chunk) => {
      text += chunk;
      for (;;) {
        const end = data === null ? text.indexOf('\r\n') : text.indexOf('\r\n.\r\n');
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + (data === null ? 2 : 5));
        if (data !== null) {
          data = null;
          mails.push({ to, raw: part.replace(/^\.\./gm, '.') });
          if (server.said === 'mute') { socket.destroy(); return; }
          say('250 taken');
        } else if (/^(EHLO|HELO)/i.test(part)) {
          say('250 test');
        } else if (/^MAIL/i.test(part)) {
          say(state.sender);
        } else if (/^RCPT/i.test(part)) {
          to = part.replace(/^[^<]*<|>.*$/g, '');
          server.said = answer(to, ++count);
          say(/^[45]/.test(server.said) ? server.said : '250 ok');
        } else if (/^DATA/i.test(part)) {
          if (server.said === 'cut') { socket.destroy(); return; }
          data = '';
          say('354 go');
        } else if (/^QUIT/i.test(part)) {
          say('221 bye');
          socket.end();
        } else {
          say('250 ok');
        }
      }
    });
  });
  await new Promise((done) => { server.listen(0, '127.0.0.1', done); });
  return Object.assign(state, {
    url: `smtp://127.0.0.1:${server.address().port}`, mails,
    close: () => new Promise((done) => { for (const s of sockets) s.destroy(); server.close(done); }),
  });
}

// A message as { headers: Map of lower-case names, text, html, files: [{ name, type, bytes }] }.
export function readMail(raw) {
  const part = (source) => {
    const [head, ...rest] = source.split(/\r\n\r\n/);
    const headers = new Map(head.replace(/\r\n[ \t]+/g, ' ').split('\r\n').map((line) => {
      const [name, value] = line.split(/: ?(.*)/s);
      return [name.toLowerCase(), value ?? ''];
    }));
    return { headers, body: rest.join('\r\n\r\n') };
  };
  const mail = { headers: null, text: '', html: '', files: [] };
  const decode = ({ headers, body }) => {
    const encoding = (headers.get('content-transfer-encoding') ?? '').toLowerCase();
    if (encoding === 'base64') return Buffer.from(body.replace(/\s/g, ''), 'base64');
    if (encoding === 'quoted-printable')
      return Buffer.from(body.replace(/=\r\n/g, '').replace(/=([0-9A-F]{2})/gi, (all, hex) => String.fromCharCode(parseInt(hex, 16))), 'latin1');
    return Buffer.from(body, 'latin1');
  };
  const walk = (source) => {
    const one = part(source);
    const type = one.headers.get('content-type') ?? 'text/plain';
    mail.headers ??= one.headers;
    const boundary = /boundary="?([^";]+)"?/.exec(type)?.[1];
    if (boundary) {
      const pieces = one.body.split(`--${boundary}`).slice(1, -1);
      for (const piece of pieces) walk(piece.replace(/^\r\n/, '').replace(/\r\n$/, ''));
    } else if (/attachment/.test(one.headers.get('content-disposition') ?? '')) {
      mail.files.push({ name: /filename="?([^";]+)/.exec(one.headers.get('content-disposition'))?.[1], type, bytes: decode(one) });
    } else if (/text\/html/.test(type)) {
      mail.html = decode(one).toString();
    } else {
      mail.text = decode(one).toString();
    }
  };
  walk(raw);
  return mail;
}
