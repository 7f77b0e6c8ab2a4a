// vies_server: VIES as it answers on good days and bad ones. `server.say` is what it does next:
// 'valid', 'invalid', 'away' (the member state), 'busy' (VIES itself), 'down' (503), 'mute' (no answer), 'garbage',
// 'cut' (half a body), 'other' (about another number), 'requester' (it does not know who asks).
import { createServer } from 'node:http';

export async function startVies() {
  const asked = [];
  const sockets = new Set();
  const http = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => { text += chunk; });
    request.on('end', () => {
      const question = JSON.parse(text);
      asked.push({ path: request.url, ...question });
      const json = (status, body) => { response.writeHead(status, { 'Content-Type': 'application/json' }); response.end(JSON.stringify(body)); };
      const wrong = (error) => json(200, { actionSucceed: false, errorWrappers: [{ error }] });
      const answer = { countryCode: question.countryCode, vatNumber: question.vatNumber, requestDate: new Date().toISOString(), valid: server.say !== 'invalid',
        requestIdentifier: question.requesterNumber ? `WAPIAAAA${String(asked.length).padStart(8, '0')}` : '', name: 'Kunde GmbH', address: 'Weg 1' };
      switch (server.say) {
        case 'away': return wrong('MS_UNAVAILABLE');
        case 'busy': return wrong('GLOBAL_MAX_CONCURRENT_REQ');
        case 'down': response.writeHead(503, { 'Content-Type': 'text/html' }); return response.end('<html>maintenance</html>');
        case 'mute': return undefined;
        case 'garbage': response.writeHead(200, { 'Content-Type': 'text/html' }); return response.end('<html>\u0000{"valid":true}');
        case 'cut': response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': 500 }); response.write(JSON.stringify(answer).slice(0, 40));
          return response.socket.destroy();
        case 'other': return json(200, { ...answer, vatNumber: '999999999' });
        case 'requester': return question.requesterNumber ? wrong('INVALID_REQUESTER_INFO') : json(200, answer);
        default: return json(200, answer);
      }
    });
  });
  http.on('connection', (socket) => { sockets.add(socket); socket.on('close', () => sockets.delete(socket)); });
  await new Promise((resolve) => { http.listen(0, '127.0.0.1', resolve); });
  const server = { say: 'valid', asked, url: `http://127.0.0.1:${http.address().port}/taxation_customs/vies/rest-api`,
    stop: () => new Promise((resolve) => { for (const socket of sockets) socket.destroy(); http.close(resolve); }) };
  return server;
}
