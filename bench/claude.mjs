// Measures the claude program as a provider beside the program alone. Started by bench/claude.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const [gatehouse, claude] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
const children = [];
const rounds = 9;
const events = 5000;
const median = values => values.toSorted((a, b) => a - b)[values.length >> 1];
const pause = ms => new Promise(done => setTimeout(done, ms));

// Lines of a child until one fits.
function start(command, args, env, fits) {
  const child = spawn(command, args, { env: { PATH: process.env.PATH, HOME: folder, DOTNET_ROOT: process.env.DOTNET_ROOT ?? '', ...env }, cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  return new Promise((done, fail) => {
    createInterface({ input: child.stdout }).on('line', line => { const found = fits(line); if (found) done(found); });
    child.on('exit', code => fail(new Error(`${args[1]} ended with ${code}`)));
    setTimeout(() => fail(new Error(`${args[1]} did not begin`)), 30000).unref();
  });
}

// One prompt through the gateway: ms to the first piece of text, and µs from one to the next.
async function throughGateway(address, token, model, text) {
  const began = performance.now();
  const response = await fetch(`${address}/v1/messages`, {
    method: 'POST', headers: { authorization: `Bearer ${token}`, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' },
    body: JSON.stringify({ model, max_tokens: 32000, stream: true, messages: [{ role: 'user', content: text }] }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const seen = { first: 0, last: 0, count: 0 };
  let rest = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split('\n');
    rest = lines.pop();
    for (const line of lines) if (line === 'event: content_block_delta') note(seen);
  }
  return { first: seen.first - began, perEvent: 1000 * (seen.last - seen.first) / (seen.count - 1) };
}

// The same by the program alone, started for it.
async function alone(env, text) {
  const began = performance.now();
  const child = spawn(claude, ['--output-format', 'stream-json', '--verbose', '--input-format', 'stream-json', '--include-partial-messages', '--model', 'claude-sonnet-4-5',
    '--tools', '', '--setting-sources', '', '--strict-mcp-config', '--no-session-persistence'], { env, cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.end(JSON.stringify({ type: 'user', message: { role: 'user', content: text }, parent_tool_use_id: null, session_id: '' }) + '\n');
  const seen = { first: 0, last: 0, count: 0 };
  for await (const line of createInterface({ input: child.stdout })) if (line.includes('"type":"content_block_delta"')) note(seen);
  return { first: seen.first - began, perEvent: 1000 * (seen.last - seen.first) / (seen.count - 1) };
}

function note(seen) {
  seen.last = performance.now();
  seen.first ||= seen.last;
  seen.count++;
}

// Private memory, kB: what is shared with other processes of the program counts once for all of them.
const memory = pid => readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8').split('\n').filter(line => /^(Private_|Pss:)/.test(line))
  .reduce((sum, line) => ({ own: sum.own + (line.startsWith('Private_') ? +line.split(/\s+/)[1] : 0), pss: sum.pss + (line.startsWith('Pss:') ? +line.split(/\s+/)[1] : 0) }), { own: 0, pss: 0 });

try {
  const vendor = await start('dotnet', [gatehouse, 'simulate', '--port', '0'], {}, line => line.startsWith('http://') && line.trim());
  const program = warm => ({ program: { path: claude, warm, maxProcesses: 20, profiles: { bench: { apiKeyEnv: 'BENCH_KEY', baseUrl: vendor.replace(/\/$/, '') } } } });
  mkdirSync(join(folder, 'data'));
  writeFileSync(join(folder, 'gatehouse.json'), JSON.stringify({
    providers: { cold: program(0), warm: program(1) },
    models: [{ match: 'claude-warm', targets: [{ provider: 'warm', model: 'claude-sonnet-4-5' }] }, { match: '*', targets: [{ provider: 'cold', model: 'claude-sonnet-4-5' }] }],
  }));
  const keys = { GATEHOUSE_MASTER_KEY: randomBytes(32).toString('hex'), BENCH_KEY: 'sk-bench' };
  let address;
  const token = await start('dotnet', [gatehouse, 'serve', '--listen', 'http://127.0.0.1:0', '--data-dir', join(folder, 'data'), '--config', join(folder, 'gatehouse.json')], keys, line => {
    address ??= /listens on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
    return /^\s+(ghc_\S+)$/.exec(line)?.[1];
  });
  const env = { PATH: process.env.PATH, HOME: folder, CLAUDE_CONFIG_DIR: join(folder, 'alone'), ANTHROPIC_API_KEY: 'sk-bench', ANTHROPIC_BASE_URL: vendor.replace(/\/$/, ''),
    DISABLE_AUTOUPDATER: '1', CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1', ENABLE_TOOL_SEARCH: 'false' };
  const figures = { alone: [], cold: [], warm: [] };
  await throughGateway(address, token, 'claude-cold', 'begin');
  await throughGateway(address, token, 'claude-warm', 'begin');
  // In turn, so that what else the machine does falls on all alike.
  for (let round = 0; round < rounds; round++) {
    figures.alone.push((await alone(env, `hello ${round}`)).first);
    figures.cold.push((await throughGateway(address, token, 'claude-cold', `hello ${round}`)).first);
    await pause(3000);
    figures.warm.push((await throughGateway(address, token, 'claude-warm', `hello ${round}`)).first);
  }

  const per = { alone: [], gateway: [] };
  for (let round = 0; round < 3; round++) {
    per.alone.push((await alone(env, `[long ${events}]`)).perEvent);
    per.gateway.push((await throughGateway(address, token, 'claude-cold', `[long ${events}]`)).perEvent);
  }

  const all = readdirSync('/proc').filter(one => /^\d+$/.test(one)).filter(pid => {
    try { return readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith(claude) && readFileSync(`/proc/${pid}/environ`, 'utf8').includes(folder); } catch { return false; }
  });
  const sizes = all.map(memory);
  const ms = values => `${median(values).toFixed(0)} ms (${Math.min(...values).toFixed(0)} to ${Math.max(...values).toFixed(0)})`;
  console.log(`first piece of text, the program alone     ${ms(figures.alone)}`);
  console.log(`first piece of text, gateway, cold         ${ms(figures.cold)}`);
  console.log(`first piece of text, gateway, warm         ${ms(figures.warm)}`);
  console.log(`per event of ${events}, the program alone     ${median(per.alone).toFixed(0)} µs`);
  console.log(`per event of ${events}, gateway               ${median(per.gateway).toFixed(0)} µs`);
  console.log(`memory of a kept process, own              ${(median(sizes.map(one => one.own)) / 1024).toFixed(0)} MB, with its share of what is common ${(median(sizes.map(one => one.pss)) / 1024).toFixed(0)} MB (${all.length} kept)`);
} finally {
  for (const child of children.toReversed()) child.kill('SIGTERM');
  await Promise.all(children.map(child => child.exitCode !== null || new Promise(done => child.on('exit', done))));
  rmSync(folder, { recursive: true, force: true });
}
