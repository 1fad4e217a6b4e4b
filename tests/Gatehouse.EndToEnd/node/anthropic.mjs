// Drives @anthropic-ai/sdk through one scenario and prints what its user would see as one line of JSON.
import Anthropic from '@anthropic-ai/sdk';

const [scenario, model, prompt] = process.argv.slice(2);
const client = new Anthropic({ baseURL: process.env.BASE_URL, apiKey: process.env.TOKEN, maxRetries: 0, timeout: 30_000 });
const messages = [{ role: 'user', content: prompt }];
const schema = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
const tools = [{ name: 'get_weather', description: 'Weather of a city', input_schema: schema }];
const thinking = { type: 'enabled', budget_tokens: 1024 };
const text = message => message.content.filter(block => block.type === 'text').map(block => block.text).join('');
const figures = ({ stop_reason: stop, usage }) => ({
  stop, input: usage.input_tokens, output: usage.output_tokens, cached: usage.cache_read_input_tokens, written: usage.cache_creation_input_tokens,
});

async function attempt(action) {
  try {
    await action();
    return { error: null };
  } catch (error) {
    return { error: error.constructor.name, status: error.status ?? null, type: error.error?.error?.type ?? null };
  }
}

const scenarios = {
  async create() {
    const message = await client.messages.create({ model, max_tokens: 300, messages });
    return { text: text(message), ...figures(message) };
  },

  async stream() {
    const events = [];
    const stream = client.messages.stream({ model, max_tokens: 300, messages });
    stream.on('streamEvent', event => events.push(event.type));
    const message = await stream.finalMessage();
    return { text: text(message), ...figures(message), events };
  },

  // The thinking block goes back with the tool's result; the provider refuses it unless its signature is untouched.
  async tools() {
    const first = await client.messages.create({ model, max_tokens: 2000, thinking, tools, messages });
    const call = first.content.find(block => block.type === 'tool_use');
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] };
    const second = await client.messages.create({
      model, max_tokens: 2000, thinking, tools, messages: [...messages, { role: 'assistant', content: first.content }, result],
    });
    return { stop: first.stop_reason, first: first.content[0].type, tool: call.name, city: call.input.city, text: text(second) };
  },

  // As an agent does: all that the model said goes back with each result, until it calls no more.
  async thinking() {
    const history = [...messages];
    const cities = [];
    let thoughts = 0;
    while (true) {
      const message = await client.messages.stream({ model, max_tokens: 2000, thinking, tools, messages: history }).finalMessage();
      thoughts += message.content.filter(block => block.type === 'thinking').length;
      const calls = message.content.filter(block => block.type === 'tool_use');
      if (calls.length === 0) return { cities, thoughts, text: text(message) };
      cities.push(...calls.map(call => call.input.city));
      const results = calls.map(call => ({ type: 'tool_result', tool_use_id: call.id, content: `sunny in ${call.input.city}` }));
      history.push({ role: 'assistant', content: message.content }, { role: 'user', content: results });
    }
  },

  async parallel() {
    const first = await client.messages.stream({ model, max_tokens: 2000, tools, messages }).finalMessage();
    const calls = first.content.filter(block => block.type === 'tool_use');
    const results = calls.map((call, at) => ({ type: 'tool_result', tool_use_id: call.id, content: `sunny ${at}` }));
    const second = await client.messages.create({
      model, max_tokens: 2000, tools, messages: [...messages, { role: 'assistant', content: first.content }, { role: 'user', content: results }],
    });
    return { ids: new Set(calls.map(call => call.id)).size, cities: calls.map(call => call.input.city), text: text(second) };
  },

  // What the provider's own tools did goes back with the result of the client's.
  async hosted() {
    const options = {
      model, max_tokens: 2000, betas: ['mcp-client-2025-11-20'],
      mcp_servers: [{ type: 'url', name: 'files', url: 'https://mcp.example/sse' }],
      tools: [
        { type: 'web_search_20250305', name: 'web_search' }, { type: 'code_execution_20250825', name: 'code_execution' },
        { type: 'mcp_toolset', mcp_server_name: 'files' }, ...tools,
      ],
    };
    const first = await client.beta.messages.stream({ ...options, messages }).finalMessage();
    const call = first.content.find(block => block.type === 'tool_use');
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: call.id, content: 'sunny' }] };
    const second = await client.beta.messages.create({ ...options, messages: [...messages, { role: 'assistant', content: first.content }, result] });
    return { kinds: first.content.map(block => block.type), said: JSON.stringify(first.content), text: text(second) };
  },

  // A search by the provider, whose pages the text cites: in one piece and as a stream.
  async search() {
    const options = { model, max_tokens: 2000, messages, tools: [{ type: 'web_search_20250305', name: 'web_search' }] };
    const sources = message => message.content.flatMap(block => block.citations ?? []).map(({ title, url }) => `${title} ${url}`);
    const whole = await client.messages.create(options);
    const streamed = await client.messages.stream(options).finalMessage();
    return { texts: [text(whole), text(streamed)], sources: [...sources(whole), ...sources(streamed)] };
  },

  async image() {
    const data = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
    const content = [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data } }, { type: 'text', text: prompt }];
    return { text: text(await client.messages.create({ model, max_tokens: 300, messages: [{ role: 'user', content }] })) };
  },

  async structured() {
    const format = { type: 'json_schema', schema: { ...schema, additionalProperties: false } };
    const message = await client.messages.create({ model, max_tokens: 300, messages, output_config: { format } });
    return { city: typeof JSON.parse(text(message)).city };
  },

  error: () => attempt(() => client.messages.create({ model, max_tokens: 300, messages })),
  streamError: () => attempt(() => client.messages.stream({ model, max_tokens: 300, messages }).finalMessage()),

  abort: () => attempt(async () => {
    const stream = client.messages.stream({ model, max_tokens: 300, messages });
    stream.on('text', () => stream.abort());
    await stream.finalMessage();
  }),

  async count() {
    return { tokens: (await client.messages.countTokens({ model, messages })).input_tokens };
  },

  async models() {
    const ids = [];
    for await (const known of client.models.list({ limit: 2 })) ids.push(known.id);
    return { ids, one: (await client.models.retrieve(ids[0])).id };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
