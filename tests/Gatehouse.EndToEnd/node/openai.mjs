// Drives openai through one scenario, over Chat Completions or Responses, and prints what its user would see as one line of JSON.
import OpenAI from 'openai';

const [scenario, model, prompt] = process.argv.slice(2);
const client = new OpenAI({ baseURL: `${process.env.BASE_URL}/v1`, apiKey: process.env.TOKEN, maxRetries: 0, timeout: 30_000 });
const messages = [{ role: 'user', content: prompt }];
const image = 'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const chatUsage = ({ choices, usage }) => ({
  stop: choices[0].finish_reason, input: usage.prompt_tokens, output: usage.completion_tokens, cached: usage.prompt_tokens_details?.cached_tokens,
  reasoning: usage.completion_tokens_details?.reasoning_tokens,
});
const responseUsage = ({ status: stop, usage }) => ({
  stop, input: usage.input_tokens, output: usage.output_tokens, cached: usage.input_tokens_details?.cached_tokens,
  reasoning: usage.output_tokens_details?.reasoning_tokens,
});
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };

async function attempt(action) {
  try {
    return { error: null, ...(await action()) };
  } catch (error) {
    return { error: error.constructor.name, status: error.status ?? null, code: error.code ?? null, type: error.type ?? null };
  }
}

const scenarios = {
  async chatCreate() {
    const answer = await client.chat.completions.create({ model, messages });
    return { text: answer.choices[0].message.content, ...chatUsage(answer) };
  },

  // The client does not ask for usage: what Gatehouse asks of the provider for its ledger must not show here.
  async chatStream() {
    let text = '';
    let stop = null;
    let usage = 0;
    let empty = 0;
    for await (const chunk of await client.chat.completions.create({ model, messages, stream: true })) {
      if (chunk.usage) usage++;
      if (chunk.choices.length === 0) empty++;
      text += chunk.choices[0]?.delta.content ?? '';
      stop = chunk.choices[0]?.finish_reason ?? stop;
    }
    return { text, stop, usage, empty };
  },

  async chatStreamUsage() {
    const stream = client.chat.completions.stream({ model, messages, stream_options: { include_usage: true } });
    const answer = await stream.finalChatCompletion();
    return { text: answer.choices[0].message.content, ...chatUsage(answer) };
  },

  async chatTools() {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }];
    const first = await client.chat.completions.create({ model, messages, tools });
    const { message, finish_reason: stop } = first.choices[0];
    const call = message.tool_calls[0];
    const result = { role: 'tool', tool_call_id: call.id, content: 'sunny' };
    const second = await client.chat.completions.create({ model, tools, messages: [...messages, message, result] });
    return { stop, tool: call.function.name, city: JSON.parse(call.function.arguments).city, text: second.choices[0].message.content };
  },

  async chatParallel() {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }];
    const { choices } = await client.chat.completions.stream({ model, messages, tools }).finalChatCompletion();
    const { message } = choices[0];
    const results = message.tool_calls.map((call, at) => ({ role: 'tool', tool_call_id: call.id, content: `sunny ${at}` }));
    const second = await client.chat.completions.create({ model, tools, messages: [...messages, message, ...results] });
    return {
      ids: new Set(message.tool_calls.map(call => call.id)).size,
      cities: message.tool_calls.map(call => JSON.parse(call.function.arguments).city),
      text: second.choices[0].message.content,
    };
  },

  // What the model thought has no field to go back in: the gateway keeps it, and the provider refuses it unless it is untouched.
  async chatThinking() {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters } }];
    const options = { model, tools, reasoning_effort: 'medium' };
    const history = [...messages];
    const cities = [];
    while (true) {
      const { choices } = await client.chat.completions.stream({ ...options, messages: history }).finalChatCompletion();
      const { message } = choices[0];
      const calls = message.tool_calls ?? [];
      if (calls.length === 0) return { cities, text: message.content };
      const called = calls.map(call => ({ id: call.id, city: JSON.parse(call.function.arguments).city }));
      cities.push(...called.map(call => call.city));
      history.push(message, ...called.map(({ id, city }) => ({ role: 'tool', tool_call_id: id, content: `sunny in ${city}` })));
    }
  },

  // A search by the provider, whose pages the text cites, each with its place: in one piece and as a stream.
  async chatSearch() {
    const options = { model, messages, web_search_options: {} };
    const said = ({ choices }) => choices[0].message;
    const sources = ({ content, annotations }) => annotations.map(({ url_citation: { title, url, start_index, end_index } }) =>
      `${title} ${url} ${content.slice(start_index, end_index)}`);
    const whole = said(await client.chat.completions.create(options));
    const streamed = said(await client.chat.completions.stream(options).finalChatCompletion());
    return { texts: [whole.content, streamed.content], sources: [...sources(whole), ...sources(streamed)] };
  },

  // What the search found has no field to go back in: the gateway keeps it, and the provider refuses it unless it is untouched.
  async chatHosted() {
    const options = { model, web_search_options: {}, tools: [{ type: 'function', function: { name: 'get_weather', parameters } }] };
    const { choices } = await client.chat.completions.stream({ ...options, messages }).finalChatCompletion();
    const { message } = choices[0];
    const result = { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'sunny' };
    const second = await client.chat.completions.create({ ...options, messages: [...messages, message, result] });
    return { said: message.content, text: second.choices[0].message.content };
  },

  async chatImage() {
    const content = [{ type: 'image_url', image_url: { url: image } }, { type: 'text', text: prompt }];
    const { choices } = await client.chat.completions.create({ model, messages: [{ role: 'user', content }] });
    return { text: choices[0].message.content };
  },

  async chatStructured() {
    const response_format = { type: 'json_schema', json_schema: { name: 'place', strict: true, schema: { ...parameters, additionalProperties: false } } };
    const { choices } = await client.chat.completions.create({ model, messages, response_format });
    return { city: typeof JSON.parse(choices[0].message.content).city };
  },

  chatError: () => attempt(() => client.chat.completions.create({ model, messages })),
  chatStreamError: () => attempt(() => client.chat.completions.stream({ model, messages }).finalChatCompletion()),

  chatAbort: () => attempt(async () => {
    const stream = client.chat.completions.stream({ model, messages });
    stream.on('content', () => stream.abort());
    await stream.finalChatCompletion();
  }),

  async responsesCreate() {
    const answer = await client.responses.create({ model, input: prompt });
    return { id: answer.id, text: answer.output_text, ...responseUsage(answer) };
  },

  async responsesStream() {
    const events = [];
    const stream = client.responses.stream({ model, input: prompt });
    stream.on('event', event => events.push(event.type));
    const answer = await stream.finalResponse();
    return { text: answer.output_text, events, ...responseUsage(answer) };
  },

  // The reasoning item goes back with the tool's result; the provider refuses it unless its sealed content is untouched.
  async responsesTools() {
    const tools = [{ type: 'function', name: 'get_weather', parameters, strict: false }];
    const options = { model, store: false, include: ['reasoning.encrypted_content'], reasoning: { effort: 'low' }, tools };
    const input = [{ role: 'user', content: prompt }];
    const first = await client.responses.create({ ...options, input });
    const call = first.output.find(item => item.type === 'function_call');
    const result = { type: 'function_call_output', call_id: call.call_id, output: 'sunny' };
    const second = await client.responses.create({ ...options, input: [...input, ...first.output, result] });
    return { first: first.output[0].type, tool: call.name, city: JSON.parse(call.arguments).city, text: second.output_text };
  },

  async responsesThinking() {
    const tools = [{ type: 'function', name: 'get_weather', parameters, strict: false }];
    const options = { model, store: false, include: ['reasoning.encrypted_content'], reasoning: { effort: 'low', summary: 'auto' }, tools };
    const input = [{ role: 'user', content: prompt }];
    const cities = [];
    let thoughts = 0;
    while (true) {
      const answer = await client.responses.stream({ ...options, input }).finalResponse();
      thoughts += answer.output.filter(item => item.type === 'reasoning').length;
      const calls = answer.output.filter(item => item.type === 'function_call').map(call => ({ id: call.call_id, city: JSON.parse(call.arguments).city }));
      if (calls.length === 0) return { cities, thoughts, text: answer.output_text };
      cities.push(...calls.map(call => call.city));
      input.push(...answer.output, ...calls.map(({ id, city }) => ({ type: 'function_call_output', call_id: id, output: `sunny in ${city}` })));
    }
  },

  async responsesParallel() {
    const tools = [{ type: 'function', name: 'get_weather', parameters, strict: false }];
    const input = [{ role: 'user', content: prompt }];
    const first = await client.responses.stream({ model, input, tools, store: false }).finalResponse();
    const calls = first.output.filter(item => item.type === 'function_call');
    const results = calls.map((call, at) => ({ type: 'function_call_output', call_id: call.call_id, output: `sunny ${at}` }));
    const second = await client.responses.create({ model, tools, store: false, input: [...input, ...first.output, ...results] });
    return {
      ids: new Set(calls.map(call => call.call_id)).size,
      cities: calls.map(call => JSON.parse(call.arguments).city),
      text: second.output_text,
    };
  },

  async responsesHosted() {
    const tools = [
      { type: 'web_search' }, { type: 'code_interpreter', container: { type: 'auto' } },
      { type: 'mcp', server_label: 'files', server_url: 'https://mcp.example/sse', require_approval: 'never' },
      { type: 'function', name: 'get_weather', parameters, strict: false },
    ];
    const options = { model, store: false, include: ['reasoning.encrypted_content', 'code_interpreter_call.outputs', 'web_search_call.action.sources'], tools };
    const input = [{ role: 'user', content: prompt }];
    const first = await client.responses.stream({ ...options, input }).finalResponse();
    const call = first.output.find(item => item.type === 'function_call');
    const result = { type: 'function_call_output', call_id: call.call_id, output: 'sunny' };
    const second = await client.responses.create({ ...options, input: [...input, ...first.output, result] });
    return { kinds: first.output.map(item => item.type), said: JSON.stringify(first.output), text: second.output_text };
  },

  async responsesSearch() {
    const options = { model, store: false, input: prompt, tools: [{ type: 'web_search' }] };
    const parts = ({ output }) => output.flatMap(item => item.content ?? []);
    const sources = answer => parts(answer).flatMap(({ text, annotations }) => annotations.map(({ title, url, start_index, end_index }) =>
      `${title} ${url} ${text.slice(start_index, end_index)}`));
    const whole = await client.responses.create(options);
    const streamed = await client.responses.stream(options).finalResponse();
    return { texts: [whole.output_text, streamed.output_text], sources: [...sources(whole), ...sources(streamed)] };
  },

  async responsesImage() {
    const content = [{ type: 'input_image', image_url: image, detail: 'auto' }, { type: 'input_text', text: prompt }];
    return { text: (await client.responses.create({ model, input: [{ role: 'user', content }] })).output_text };
  },

  async responsesStructured() {
    const format = { type: 'json_schema', name: 'place', strict: true, schema: { ...parameters, additionalProperties: false } };
    const answer = await client.responses.create({ model, input: prompt, text: { format } });
    return { city: typeof JSON.parse(answer.output_text).city };
  },

  // State that the provider keeps: a later call names the earlier answer.
  async responsesState() {
    const first = await client.responses.create({ model, input: prompt, store: true });
    const second = await client.responses.create({ model, input: 'and again', previous_response_id: first.id, store: true });
    const read = await client.responses.retrieve(first.id);
    const items = await client.responses.inputItems.list(first.id);
    await client.responses.delete(first.id);
    const gone = await attempt(() => client.responses.retrieve(first.id));
    return { id: first.id, previous: second.previous_response_id === first.id, read: read.id === first.id, items: items.data.length, gone: gone.error };
  },

  // The prompt is the id of an answer that somebody else got.
  async responsesOthers() {
    const tries = [() => client.responses.retrieve(prompt), () => client.responses.inputItems.list(prompt), () => client.responses.delete(prompt)];
    const errors = [];
    for (const one of tries) errors.push((await attempt(one)).error);
    return { errors };
  },

  responsesForeign: () => attempt(() => client.responses.create({ model, input: prompt, previous_response_id: `resp_${'0'.repeat(48)}` })),
  responsesError: () => attempt(() => client.responses.create({ model, input: prompt })),

  // The library's own helper takes a stream that just ends for an answer in progress, so the last event is told as well.
  responsesStreamError: () => attempt(async () => {
    let last = null;
    for await (const event of await client.responses.create({ model, input: prompt, stream: true })) last = event.type;
    return { last };
  }),

  async responsesCount() {
    return { tokens: (await client.responses.inputTokens.count({ model, input: prompt })).input_tokens };
  },

  responsesAbort: () => attempt(async () => {
    const stream = client.responses.stream({ model, input: prompt });
    stream.on('response.output_text.delta', () => stream.abort());
    await stream.finalResponse();
  }),

  async models() {
    const ids = [];
    for await (const known of client.models.list()) ids.push(known.id);
    return { ids, one: (await client.models.retrieve(ids[0])).id };
  },
};

console.log(JSON.stringify(await scenarios[scenario]()));
