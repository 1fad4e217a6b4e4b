// Reads the vendors' type declarations and prints every field of a request, and every kind of block, item, tool and event, as one line of JSON:
// what a page that says what becomes of them must name.
import ts from 'typescript';
import { join } from 'node:path';

const modules = process.argv[2];
const dialects = {
  'anthropic': { file: '@anthropic-ai/sdk/resources/messages/messages.d.ts', request: 'MessageCreateParamsBase', answers: ['Message', 'RawMessageStreamEvent'] },
  'openai-chat': { file: 'openai/resources/chat/completions/completions.d.ts', request: 'ChatCompletionCreateParamsBase', answers: ['ChatCompletion', 'ChatCompletionChunk'] },
  'openai-responses': { file: 'openai/resources/responses/responses.d.ts', request: 'ResponseCreateParamsBase', answers: ['Response', 'ResponseStreamEvent'] },
};

const files = Object.values(dialects).map(({ file }) => join(modules, file));
const program = ts.createProgram(files, { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext, strict: true, skipLibCheck: true, types: [] });
const checker = program.getTypeChecker();

function declared(file, name) {
  const source = program.getSourceFile(file);
  const symbol = checker.getExportsOfModule(checker.getSymbolAtLocation(source)).find(one => one.name === name);
  return checker.getDeclaredTypeOfSymbol(symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol);
}

const parts = type => (type.isUnion() || type.isIntersection() ? type.types.flatMap(parts) : [type]);
const members = type => checker.getPropertiesOfType(type).map(symbol => ({ name: symbol.name, type: checker.getTypeOfSymbol(symbol) }));
const isPlainObject = type => (type.flags & ts.TypeFlags.Object) !== 0 && !checker.isArrayType(type) && !checker.isTupleType(type)
  && type.getCallSignatures().length === 0 && !checker.getIndexInfoOfType(type, ts.IndexKind.String);

/** What an answer repeats of its request; the request's own part names it. */
const repeated = new Set(['tools', 'tool_choice', 'instructions', 'prompt']);

/** The values that `type` and `role` may have, anywhere below. */
function kinds(type, isAnswer, found = new Set(), seen = new Set()) {
  for (const part of parts(type)) {
    if (seen.has(part)) continue;
    seen.add(part);
    if (checker.isArrayType(part) || checker.isTupleType(part)) checker.getTypeArguments(part).forEach(one => kinds(one, isAnswer, found, seen));
    else if (isPlainObject(part)) {
      for (const member of members(part)) {
        if (isAnswer && repeated.has(member.name)) continue;
        if (member.name === 'type' || member.name === 'role') parts(member.type).filter(one => one.isStringLiteral()).forEach(one => found.add(one.value));
        kinds(member.type, isAnswer, found, seen);
      }
    }
  }
  return found;
}

/** The fields of a request; of a field that is an object, its members too. */
function fields(type) {
  return members(type).flatMap(({ name, type }) => {
    const objects = parts(type).filter(part => isPlainObject(part) && !part.getProperty('role'));
    const below = new Set(objects.flatMap(members).map(member => member.name).filter(member => member !== 'type'));
    return [name, ...[...below].map(member => `${name}.${member}`)];
  });
}

const result = {};
for (const [name, { file, request, answers }] of Object.entries(dialects)) {
  const path = join(modules, file);
  const asked = declared(path, request);
  result[name] = {
    fields: [...new Set(fields(asked))].sort(),
    requestKinds: [...kinds(asked, false)].sort(),
    answerKinds: [...new Set(answers.flatMap(answer => [...kinds(declared(path, answer), true)]))].sort(),
  };
}
console.log(JSON.stringify(result));
