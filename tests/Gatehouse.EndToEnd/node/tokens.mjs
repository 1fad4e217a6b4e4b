// Counts the tokens of request bodies with two vendors' tokenizers: every *.json of a folder, whatever its dialect. It shares nothing with Gatehouse's estimate:
// it finds what a model reads by itself. The newer Claude models' own tokenizer is not published; the older one stands for it.
import fs from 'node:fs';
import path from 'node:path';
import { getTokenizer } from '@anthropic-ai/tokenizer';
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base';

const claude = getTokenizer();
const tokenizers = {
  o200k: text => countTokens(text, { allowedSpecial: 'all' }),
  claude: text => claude.encode(text.normalize('NFKC'), 'all').length,
};
const perMessage = 4;

// All texts that a model reads, in order; null stands for the marks around a message.
function* texts(body) {
  yield* content(body.system);
  yield* content(body.instructions);
  for (const message of body.messages ?? []) {
    yield null;
    yield* content(message.content);
    for (const { function: { name, arguments: input } } of message.tool_calls ?? []) yield* [name, input];
  }
  for (const item of body.input ?? []) {
    yield null;
    if (item.type === 'function_call') yield* [item.name, item.arguments];
    yield* content(item.content ?? item.output);
  }
  for (const tool of body.tools ?? []) yield JSON.stringify(tool);
}

function* content(value) {
  if (typeof value === 'string') yield value;
  for (const block of Array.isArray(value) ? value : []) {
    if (block.type === 'tool_use') yield* [block.name, JSON.stringify(block.input)];
    else if (block.type === 'tool_result') yield* content(block.content);
    else yield* content(block.text ?? block.thinking);
  }
}

const folder = process.argv[2];
const counts = {};
for (const file of fs.readdirSync(folder).filter(name => name.endsWith('.json'))) {
  const parts = [...texts(JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8')))];
  counts[path.basename(file, '.json')] = Object.fromEntries(Object.entries(tokenizers).map(([name, count]) =>
    [name, parts.reduce((sum, text) => sum + (text === null ? perMessage : count(text)), 0)]));
}
console.log(JSON.stringify(counts));
