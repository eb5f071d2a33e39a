// Symbols the engine does not have yet. First of all modules: others name methods by them.
const { defineProperty } = Object;
for (const name of ["dispose", "asyncDispose"]) {
  if (Symbol[name] === undefined) defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`) });
}
